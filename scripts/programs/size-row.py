#!/usr/bin/env python3
"""Prints a row of the table of scripts/compare-sizes.sh.

usage: size-row.py NAME PLAN-JSON BUNDLE-SIZE DEBIAN-SIZE     (sizes in bytes)
"""

import json
import os
import sys

# A row stays one line for people.
OWN_LIMIT = 3


def megabytes(size):
    return f"{size / 1e6:.1f} MB" if size < 1e8 else f"{size / 1e6:.0f} MB"


def named(need):
    """What a line of configuration or a host names, in the need's own words."""
    sighting = need["evidence"][0]
    if sighting["kind"] != "line":
        return need["purpose"]
    return f"{need['purpose']} (`{os.path.basename(sighting['file'])}:{sighting['line']}`)"


def main():
    name, plan, bundle, debian = sys.argv[1:]
    with open(plan) as file:
        needs = [need for need in json.load(file)["needs"] if need["outcome"] == "packed"]
    # What a program's own rules find comes first, one need of each purpose; then the other topics.
    own = {}
    for need in needs:
        if need["grade"] == "registered":
            own.setdefault(need["purpose"], named(need))
    topics = dict.fromkeys(
        need["topic"] for need in needs if need["grade"] in ("noted", "implied"))
    shown = list(own.values())[:OWN_LIMIT]
    if len(own) > OWN_LIMIT:
        shown.append(f"{len(own) - OWN_LIMIT} kinds more")
    found = "; ".join(part for part in (", ".join(shown), ", ".join(topics)) if part)
    print(f"| {name} | {found} | {megabytes(int(bundle))} | {megabytes(int(debian))} |")


main()
