"""Cards displayed: in a browser while they are written, on a site, on paper."""
