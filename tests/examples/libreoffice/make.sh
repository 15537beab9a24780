#!/usr/bin/env bash
# Writes the files beside this script anew, with LibreOffice, from soal.csv, latin.csv and angka.csv.
#
# Filter options: column divider and quote as character codes, character set (76 UTF-8, 1
# Windows-1252, 65535 UTF-16), first line, formats of columns (2 is Text), language, "quote all
# texts", "as shown". See "CSV Filter Parameters" in LibreOffice's help.
set -euo pipefail
cd "$(dirname "$0")"

profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT

office() { soffice "-env:UserInstallation=file://$profile" --headless "$@" >/dev/null; }

texts='CSV:44,34,76,1,1/2/2/2/3/2/4/2/5/2'
csv='csv:Text - txt - csv (StarCalc)'

# Workbooks whose cells are texts, then every CSV that LibreOffice can make of them.
for name in soal latin; do
  office --infilter="$texts" --convert-to ods "$name.csv"
  office --infilter="$texts" --convert-to xlsx "$name.csv"
done

variant() { # workbook, name, filter options
  mkdir -p "$profile/out"
  office --convert-to "$csv:$3" --outdir "$profile/out" "$1"
  mv "$profile/out/${1%.*}.csv" "$2"
}

variant soal.ods comma.csv 44,34,76,1,,0,false,true
variant soal.ods semicolon.csv 59,34,76,1,,0,false,true
variant soal.xlsx tab.csv 9,34,76,1,,0,false,true
variant soal.xlsx quoted.csv 59,34,76,1,,0,true,true
variant soal.ods utf-16.csv 9,34,65535,1,,0,false,true
variant latin.ods windows-1252.csv 59,34,1,1,,0,false,true
variant latin.xlsx windows-1252-quoted.csv 44,34,1,1,,0,true,true

# The same texts typed into cells of no format: what the program makes of them.
office --infilter='CSV:44,34,76,1,,1033,false,true,false,false,false,0,true' --convert-to ods angka.csv
office --infilter='CSV:44,34,76,1,,1033,false,true,false,false,false,0,true' --convert-to xlsx angka.csv
