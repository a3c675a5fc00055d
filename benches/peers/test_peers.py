"""What the comparison's own arithmetic and its check must do."""

import json
import unittest

import polars as pl

import equality
import intervals
import policy

MEMBER = {
    "member": 2**63 + 5, "delivered": {"post_like": -1},
    "inbox": [{"index": 7, "kind": "post_like", "actor": 3, "content": 4, "undone": True}],
    "read_mark": 0, "badge": 0, "profile_views": {"sales": 2}, "picture_views": {"other": 1},
}
CONTENT = {"content": 4, "views": {"engineer": 2}, "reactions": {"post_like": -1}}


class Equality(unittest.TestCase):
    def setUp(self):
        self.expected = equality.snapshot_tables([json.dumps(MEMBER), json.dumps(CONTENT)])

    def test_every_part_of_a_line_has_its_row(self):
        rows = {table: frame.rows() for table, frame in self.expected.items()}
        member = 2**63 + 5
        self.assertEqual(rows, {
            "member_views": [(member, "profile_view", "sales", 2), (member, "picture_view", "other", 1)],
            "delivered": [(member, "post_like", -1)],
            "marks": [(member, 0)],
            "inbox": [(member, "post_like", 4, 3, 15)],
            "content_views": [(4, "engineer", 2)],
            "reactions": [(4, "post_like", -1)],
        })

    def test_the_order_of_rows_does_not_matter(self):
        frame = self.expected["member_views"]
        self.assertIsNone(equality.difference("member_views", frame, frame.reverse()))

    def test_one_cell_one_row_less_or_one_twice_is_a_difference(self):
        for table, frame in self.expected.items():
            last = policy.TABLES[table][-1]
            others = [
                frame.with_columns(pl.col(last) + 1),
                frame.head(frame.height - 1),
                pl.concat([frame, frame.head(1)]),
            ]
            for other in others:
                self.assertIn(table, equality.difference(table, frame, other))


class Intervals(unittest.TestCase):
    def test_a_ratio_is_the_geometric_mean_of_the_rounds(self):
        ratio, low, high = intervals.speed_ratio([2.0, 8.0], [1.0, 1.0])
        self.assertAlmostEqual(ratio, 4.0)
        self.assertAlmostEqual(low * high, 16.0)
        # ln 4 ± 12.706 · ln 2, by hand
        self.assertAlmostEqual(low, 4.0 / 2**12.706)

    def test_one_round_has_no_interval(self):
        self.assertEqual(intervals.speed_ratio([3.0], [1.5])[1:], (None, None))


if __name__ == "__main__":
    unittest.main()
