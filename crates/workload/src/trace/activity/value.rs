//! What stands in an activity: its types, its ids, one value or several.

use serde_json::Value;

/// The types of activities that the vocabulary has. These, and [`OBJECTS`],
/// may be named in a count of what was left out.
const ACTIVITIES: [&str; 29] = [
    "Accept",
    "Activity",
    "Add",
    "Announce",
    "Arrive",
    "Block",
    "Create",
    "Delete",
    "Dislike",
    "Flag",
    "Follow",
    "Ignore",
    "Invite",
    "Join",
    "Leave",
    "Like",
    "Listen",
    "Move",
    "Offer",
    "Question",
    "Read",
    "Reject",
    "Remove",
    "TentativeAccept",
    "TentativeReject",
    "Travel",
    "Undo",
    "Update",
    "View",
];
/// The other types of the vocabulary, which do nothing.
const OBJECTS: [&str; 23] = [
    "Application",
    "Article",
    "Audio",
    "Document",
    "Event",
    "Group",
    "Image",
    "IntransitiveActivity",
    "Link",
    "Mention",
    "Note",
    "Object",
    "Organization",
    "Page",
    "Person",
    "Place",
    "Profile",
    "Relationship",
    "Service",
    "Tombstone",
    "Video",
    "Hashtag",
    "PropertyValue",
];
/// Types of what can act.
pub(super) const ACTORS: [&str; 6] = [
    "Person",
    "Profile",
    "Group",
    "Organization",
    "Service",
    "Application",
];
/// Types of what holds things.
pub(super) const COLLECTIONS: [&str; 4] = [
    "Collection",
    "OrderedCollection",
    "CollectionPage",
    "OrderedCollectionPage",
];
/// What may stand before a type's name.
const NAMESPACES: [&str; 3] = [
    "https://www.w3.org/ns/activitystreams#",
    "http://www.w3.org/ns/activitystreams#",
    "as:",
];

/// The values of a key that may have none, one or several.
pub(super) fn each(value: Option<&Value>) -> &[Value] {
    match value {
        None | Some(Value::Null) => &[],
        Some(Value::Array(several)) => several,
        Some(one) => std::slice::from_ref(one),
    }
}

/// The id of a thing: itself, its `id`, or its `href`.
pub(super) fn id_of(value: &Value) -> Option<&str> {
    let key = |key: &str| value.get(key).and_then(Value::as_str);
    let id = value.as_str().or_else(|| key("id"));
    let id = id.or_else(|| key("@id")).or_else(|| key("href"));
    id.filter(|id| !id.trim().is_empty())
}

/// Its types, by their names in the vocabulary; there may be several.
pub(super) fn types(value: &Value) -> impl Iterator<Item = &str> {
    let types = value.get("type").or_else(|| value.get("@type"));
    each(types).iter().filter_map(Value::as_str).map(|name| {
        let short = NAMESPACES.iter().find_map(|space| name.strip_prefix(space));
        short.unwrap_or(name)
    })
}

/// Whether it has one of these types.
pub(super) fn is_type(value: &Value, names: &[&str]) -> bool {
    types(value).any(|name| names.contains(&name))
}

/// The word for an activity in a reason: its type, where that is one of the
/// vocabulary's and can name nobody.
pub(super) fn word_of(activity: &Value) -> &str {
    let known = |name: &&str| ACTIVITIES.contains(name);
    types(activity).find(known).unwrap_or("an unknown type")
}

/// Why an entry can't be an activity, where its type says so.
pub(super) fn no_activity(entry: &Value) -> Option<String> {
    if is_type(entry, &ACTIVITIES) {
        return None;
    }
    if is_type(entry, &COLLECTIONS) {
        return Some("a collection whose items are not in the file".to_owned());
    }
    let object = types(entry).find(|name| OBJECTS.contains(name));
    Some(match (object, types(entry).next()) {
        (Some(name), _) => format!("{name}, which is no activity"),
        (None, Some(_)) => "an unknown type".to_owned(),
        (None, None) => "an entry without a type".to_owned(),
    })
}

/// Whether a key holds a text of one character or more.
pub(super) fn has_text(value: &Value, key: &str) -> bool {
    let text = value.get(key).and_then(Value::as_str);
    text.is_some_and(|text| !text.trim().is_empty())
}

/// Names of everybody, as an addressee.
const PUBLIC: [&str; 3] = [
    "https://www.w3.org/ns/activitystreams#Public",
    "as:Public",
    "Public",
];

/// Whether an addressee is no member: everybody, or all who follow one.
pub(super) fn is_public(id: &str) -> bool {
    PUBLIC.contains(&id) || id.trim_end_matches('/').ends_with("/followers")
}
