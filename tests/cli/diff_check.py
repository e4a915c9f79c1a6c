# SPDX-License-Identifier: Apache-2.0
"""What the JSON of `curtrace diff' says.

diff_check.py FILE same                  nothing counts, and the verdict rests on most calls
diff_check.py FILE only LEVEL PATTERN... the first pattern is found at that level, and what counts is
                                         found by one of them; a pattern is searched for in a line
                                         "LEVEL WHAT ROLE | TEXT | before | after"
"""
import json
import re
import sys


def line(item):
    parts = [" ".join(filter(None, (item["level"], item["what"], item["role"]))), item["text"],
             item["before"], item["after"]]
    return " | ".join(part for part in parts if part)


def same(report):
    assert report["verdict"] == "same" and report["exit_status"] == 0, report["summary"]
    for item in report["items"]:
        assert item["weight"] != "gates", line(item)
    assert report["gated"] > 0.5, "rests on %g of the calls" % report["gated"]


def only(report, level, *patterns):
    assert report["verdict"] == "different" and report["exit_status"] == 1, report["summary"]
    gating = [item for item in report["items"] if item["weight"] == "gates"]
    named = [item for item in gating if item["level"] == level and re.search(patterns[0], line(item))]
    assert named, "not found: %s" % patterns[0]
    assert named[0]["caller"] or named[0]["event_b"] is None, "no caller: %s" % line(named[0])
    for item in gating:
        assert any(re.search(pattern, line(item)) for pattern in patterns), \
            "counts too: %s" % line(item)
    assert report["levels"][level]["verdict"] == "different"
    assert report["levels"][level]["gating"] == sum(item["level"] == level for item in gating)


def main():
    report = json.load(open(sys.argv[1], encoding="utf-8"))
    assert report["schema"] == "curtrace-diff" and report["version"] == 1
    try:
        {"same": same, "only": only}[sys.argv[2]](report, *sys.argv[3:])
    except AssertionError as error:
        sys.exit("diff_check.py: %s" % error)


if __name__ == "__main__":
    main()
