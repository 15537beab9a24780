"""What the pages of the repository, and those of a site, lead to is there."""

from __future__ import annotations

from pathlib import Path

from support.links import PAGES, HtmlLinks, files_in_code, links, site_links
from support.program import Run
from support.projects import copy_decks


def test_every_link_leads_somewhere(kartu: Run, root: Path, tmp_path: Path) -> None:
    """Links of README, docs/, .github/ and a site of the real decks lead to a file, a heading or a
    place of the page that are there; so does each file of the repository that a page names."""
    project = copy_decks(root, tmp_path)
    done = kartu("site", "-o", "site", cwd=project)
    assert done.returncode == 0, done.stderr
    site = project / "site"
    pages = {path.name for path in site.glob("*.html")}
    assert pages == {"index.html", "en.html", "cards.html", "frame.html"}
    for name in pages:
        ids = HtmlLinks((site / name).read_text("utf-8")).ids
        assert len(ids) == len(set(ids)), name
    of_pages = [one for page in PAGES for one in (*links(page), *files_in_code(page))]
    broken = [f"{one.page}: {one.path}#{one.heading}" for one in of_pages if one.broken]
    of_site = list(site_links(site))
    broken += [name for name, is_broken in of_site if is_broken]
    print(f"{len(of_pages)} links of pages, {len(of_site)} of a site: {len(broken)} broken")
    assert broken == []
    assert all(one.text.strip() for one in of_pages)
    assert min(len(of_pages) // 4, len(of_site)) > 25
