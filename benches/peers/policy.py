"""The policy's table as far as a query needs it; docs/POLICY.md has it whole."""

SEGMENTS = [
    "recruiter", "sales", "hiring_manager", "engineer",
    "student", "founder", "educator", "other",
]

KINDS = [
    "profile_view", "picture_view", "content_view",
    "picture_download", "picture_save",
    "post_like", "post_comment", "article_like", "article_share",
    "post_tag", "comment_tag", "post_mention",
    "skill_endorse", "member_follow", "message_reply",
    "mark_read",
]
MEMBER_VIEWS = ["profile_view", "picture_view"]
CONTENT_VIEW = "content_view"
NOTIFY = KINDS[5:15]
REACTIONS = KINDS[5:12]
UNDOABLE = ["post_like", "article_like", "article_share", "skill_endorse", "member_follow"]
MARK_READ = "mark_read"

INBOX_CAPACITY = 32

# The final state as tables, and the columns of each in order. Views are by
# segment, everything delivered by kind. `inbox` has an entry's stamp: twice
# the index of the winning event, plus one where it was an undo.
TABLES = {
    "member_views": ["recipient", "kind", "segment", "n"],
    "delivered": ["recipient", "kind", "n"],
    "marks": ["recipient", "mark"],
    "inbox": ["recipient", "kind", "content", "actor", "stamp"],
    "content_views": ["content", "segment", "n"],
    "reactions": ["content", "kind", "n"],
}
