#!/usr/bin/env python3
"""Folds a CSV stream of events into the snapshot NDJSON of docs/FORMAT.md.

An independent check: it shares nothing with notibench but that document and
the table of the policy. Standard library only.

    fold.py EVENTS.csv [INBOX_CAPACITY [BLOCKED_SHARE]]   ("-" reads standard input)
"""

import csv
import sys

MASK64 = (1 << 64) - 1
MASK128 = (1 << 128) - 1

SEGMENTS = [
    "recruiter", "sales", "hiring_manager", "engineer",
    "student", "founder", "educator", "other",
]

# Numbers of the kinds in an inbox entry's hash: their places in the table.
KINDS = [
    "profile_view", "picture_view", "content_view",
    "picture_download", "picture_save",
    "post_like", "post_comment", "article_like", "article_share",
    "post_tag", "comment_tag", "post_mention",
    "skill_endorse", "member_follow", "message_reply",
    "mark_read",
]
NOTIFY = KINDS[5:15]
REACTIONS = KINDS[5:12]

# (kind, undo) -> what it does. A pair that is not here does nothing:
# picture_download, picture_save, and undos of what can't be undone.
TABLE = {
    ("profile_view", 0): ("count", "profile_views"),
    ("picture_view", 0): ("count", "picture_views"),
    ("content_view", 0): ("count", "views"),
    ("post_like", 0): ("ring", +1),
    ("post_comment", 0): ("ring", +1),
    ("article_like", 0): ("ring", +1),
    ("article_share", 0): ("ring", +1),
    ("post_tag", 0): ("ring", +1),
    ("comment_tag", 0): ("ring", +1),
    ("post_mention", 0): ("ring", +1),
    ("skill_endorse", 0): ("ring", +1),
    ("member_follow", 0): ("ring", +1),
    ("message_reply", 0): ("ring", +1),
    ("post_like", 1): ("ring", -1),
    ("article_like", 1): ("ring", -1),
    ("article_share", 1): ("ring", -1),
    ("skill_endorse", 1): ("ring", -1),
    ("member_follow", 1): ("ring", -1),
    ("mark_read", 0): ("mark", None),
}


BLOCKED = int.from_bytes(b"block", "big")


def is_blocked(one, other, share):
    """Whether one of two members has blocked the other: docs/POLICY.md."""
    low, high = sorted((one, other))
    return mix(mix(low ^ BLOCKED) ^ high) < int(share * 2**64)


class Member:
    def __init__(self):
        self.delivered = dict.fromkeys(NOTIFY, 0)
        self.profile_views = dict.fromkeys(SEGMENTS, 0)
        self.picture_views = dict.fromkeys(SEGMENTS, 0)
        self.read_mark = None
        self.actions = {}  # (kind, content, actor) -> (index, undone)

    def inbox(self, capacity):
        newest = sorted(
            ((index, undone) + key for key, (index, undone) in self.actions.items()),
            reverse=True,
        )
        return newest[:capacity]

    def is_present(self):
        return bool(
            self.actions
            or self.read_mark is not None
            or any(self.delivered.values())
            or any(self.profile_views.values())
            or any(self.picture_views.values())
        )


class Content:
    def __init__(self):
        self.views = dict.fromkeys(SEGMENTS, 0)
        self.reactions = dict.fromkeys(REACTIONS, 0)

    def is_present(self):
        return any(self.views.values()) or any(self.reactions.values())


def fold(rows, blocked_share):
    members, contents = {}, {}

    def member(row):
        return members.setdefault(int(row["recipient"]), Member())

    def content(row):
        return contents.setdefault(int(row["content"]), Content())

    for row in rows:
        kind, undo = row["kind"], int(row["undo"])
        what, how = TABLE.get((kind, undo), (None, None))
        if what is None or (row["actor"] == row["recipient"] and what != "mark"):
            continue
        if what == "count":
            owner = content(row) if how == "views" else member(row)
            getattr(owner, how)[row["segment"]] += 1
        elif what == "ring":
            if is_blocked(int(row["actor"]), int(row["recipient"]), blocked_share):
                continue
            to = member(row)
            to.delivered[kind] += how
            key = (kind, int(row["content"]), int(row["actor"]))
            action = (int(row["index"]), how < 0)
            to.actions[key] = max(action, to.actions.get(key, action))
            if kind in REACTIONS:
                content(row).reactions[kind] += how
        elif what == "mark":
            to = member(row)
            index = int(row["index"])
            to.read_mark = index if to.read_mark is None else max(to.read_mark, index)
    return members, contents


def mix(word):
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & MASK64
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & MASK64
    return word ^ (word >> 31)


def rotate_left(word, bits):
    return ((word << bits) | (word >> (64 - bits))) & MASK64


def line_hash(tag, words):
    low = mix(tag ^ 0x0123456789ABCDEF)
    high = mix(tag ^ 0xFEDCBA9876543210)
    for word in words:
        word &= MASK64  # a negative count, as two's complement
        low = mix(low ^ word)
        high = mix(rotate_left((high + word) & MASK64, 23))
    return (high << 64) | low


def count_words(field, counts):
    for slot, count in enumerate(counts.values()):
        if count != 0:
            yield field << 8 | slot
            yield count


def member_words(number, member, inbox):
    yield number
    yield from count_words(1, member.delivered)
    yield from count_words(2, member.profile_views)
    yield from count_words(3, member.picture_views)
    if member.read_mark is not None:
        yield 4 << 8
        yield member.read_mark
    for index, undone, kind, content, actor in inbox:
        yield 5 << 8 | int(undone) << 4 | KINDS.index(kind)
        yield index
        yield actor
        yield content


def content_words(number, content):
    yield number
    yield from count_words(1, content.views)
    yield from count_words(2, content.reactions)


def counts_text(counts):
    return "{" + ",".join(f'"{name}":{n}' for name, n in counts.items() if n != 0) + "}"


def entry_text(entry):
    index, undone, kind, content, actor = entry
    return (
        f'{{"index":{index},"kind":"{kind}","actor":{actor},"content":{content},'
        f'"undone":{"true" if undone else "false"}}}'
    )


def member_text(number, member, inbox):
    mark = member.read_mark
    above = -1 if mark is None else mark
    badge = sum(1 for entry in inbox if not entry[1] and entry[0] > above)
    return (
        f'{{"member":{number},"delivered":{counts_text(member.delivered)},'
        f'"inbox":[{",".join(map(entry_text, inbox))}],'
        f'"read_mark":{"null" if mark is None else mark},"badge":{badge},'
        f'"profile_views":{counts_text(member.profile_views)},'
        f'"picture_views":{counts_text(member.picture_views)}}}'
    )


def content_text(number, content):
    return (
        f'{{"content":{number},"views":{counts_text(content.views)},'
        f'"reactions":{counts_text(content.reactions)}}}'
    )


def snapshot(members, contents, capacity):
    lines, digest, counted = [], 0, [0, 0]
    for number, member in sorted(members.items()):
        if member.is_present():
            inbox = member.inbox(capacity)
            digest += line_hash(1, member_words(number, member, inbox))
            lines.append(member_text(number, member, inbox))
            counted[0] += 1
    for number, content in sorted(contents.items()):
        if content.is_present():
            digest += line_hash(2, content_words(number, content))
            lines.append(content_text(number, content))
            counted[1] += 1
    yield f'{{"members":{counted[0]},"contents":{counted[1]},"digest":"{digest & MASK128:032x}"}}'
    yield from lines


def main(argv):
    if len(argv) not in (2, 3, 4):
        sys.exit("usage: fold.py EVENTS.csv [INBOX_CAPACITY [BLOCKED_SHARE]]")
    capacity = int(argv[2]) if len(argv) > 2 else 32
    blocked = float(argv[3]) if len(argv) > 3 else 0.0
    if argv[1] == "-":
        members, contents = fold(csv.DictReader(sys.stdin), blocked)
    else:
        with open(argv[1], newline="", encoding="ascii") as stream:
            members, contents = fold(csv.DictReader(stream), blocked)
    out = sys.stdout
    for line in snapshot(members, contents, capacity):
        out.write(line + "\n")


if __name__ == "__main__":
    main(sys.argv)
