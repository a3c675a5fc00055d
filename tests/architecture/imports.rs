//! Who imports whom: every path of the library resolved to the file that
//! defines what it names, re-exports followed; circles, and the drawing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use syn::visit::Visit;
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree, Visibility};

use crate::rules::{Source, modules_of};

/// The files that each file imports from, by crate and module:
/// `harness::trial::worker`.
pub(crate) type Imports = BTreeMap<String, BTreeSet<String>>;

/// A path as it is written, made absolute: its crate first.
type Absolute = Vec<String>;

/// What one file says, tests apart.
#[derive(Default)]
struct Paths {
    module: Absolute,
    /// Inline modules that are open.
    inline: usize,
    /// Names that the file gives to what lies elsewhere.
    names: HashMap<String, Absolute>,
    /// Paths to what the file uses.
    used: Vec<Absolute>,
}

impl Paths {
    /// From its crate, where the path begins with `crate`, `super`, the name of
    /// a crate of the project, or a name that stands below this module.
    fn absolute(&self, path: &[String]) -> Option<Absolute> {
        let up = path.iter().take_while(|part| *part == "super").count();
        match path.first()?.as_str() {
            "crate" => Some([&self.module[..1], &path[1..]].concat()),
            "self" => Some([&self.module[..], &path[1..]].concat()),
            // from within inline modules the file itself is nearer
            "super" if up <= self.inline => Some([&self.module[..], &path[up..]].concat()),
            "super" => {
                let kept = self.module.len().checked_sub(up - self.inline)?;
                Some([&self.module[..kept], &path[up..]].concat())
            }
            name => match name.strip_prefix("notibench_") {
                Some(other) => Some([&[other.to_owned()], &path[1..]].concat()),
                None => Some([&self.module[..], path].concat()),
            },
        }
    }

    fn add_use(&mut self, tree: &UseTree, before: &[String], is_public: bool) {
        let longer = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        let (path, name) = match tree {
            UseTree::Path(path) => {
                return self.add_use(&path.tree, &longer(&path.ident), is_public);
            }
            UseTree::Group(group) => {
                let trees = group.items.iter();
                return trees.for_each(|tree| self.add_use(tree, before, is_public));
            }
            UseTree::Glob(_) => (before.to_vec(), None),
            UseTree::Name(name) if name.ident == "self" => {
                (before.to_vec(), before.last().cloned())
            }
            UseTree::Name(name) => (longer(&name.ident), Some(name.ident.to_string())),
            UseTree::Rename(rename) => (longer(&rename.ident), Some(rename.rename.to_string())),
        };
        let Some(path) = self.absolute(&path) else {
            return;
        };
        if let Some(name) = name.filter(|_| self.inline == 0) {
            self.names.insert(name, path.clone());
        }
        // what is re-exported is used where it is imported from here
        if !is_public {
            self.used.push(path);
        }
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let path = attribute.path();
        let only = |meta: &syn::MetaList| meta.tokens.to_string() == "test";
        path.is_ident("test")
            || (path.is_ident("cfg") && attribute.meta.require_list().is_ok_and(only))
    })
}

impl<'a> Visit<'a> for Paths {
    fn visit_item(&mut self, item: &'a Item) {
        let attributes = match item {
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => &Vec::new(),
        };
        if !is_for_tests(attributes) {
            syn::visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'a ItemMod) {
        self.inline += 1;
        syn::visit::visit_item_mod(self, item);
        self.inline -= 1;
    }

    fn visit_item_use(&mut self, item: &'a ItemUse) {
        let is_public = !matches!(item.vis, Visibility::Inherited);
        self.add_use(&item.tree, &[], is_public);
    }

    fn visit_visibility(&mut self, _: &'a Visibility) {}

    fn visit_path(&mut self, path: &'a syn::Path) {
        let parts: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        if parts.len() > 1
            && let Some(path) = self.absolute(&parts)
        {
            self.used.push(path);
        }
        syn::visit::visit_path(self, path);
    }
}

/// The imports of the library's files, those of tests apart.
pub(crate) fn imports(sources: &[Source]) -> Imports {
    let (places, tests) = modules_of(sources);
    let library = sources
        .iter()
        .filter(|source| source.is_of_library() && !tests.contains(&source.path));
    let mut files: BTreeMap<String, Paths> = BTreeMap::new();
    for source in library {
        let parsed = syn::parse_file(&source.text)
            .unwrap_or_else(|error| panic!("{}: {error}", source.path));
        let mut paths = Paths {
            module: places[&source.path].clone(),
            ..Paths::default()
        };
        paths.visit_file(&parsed);
        files.insert(paths.module.join("::"), paths);
    }
    let of = |(module, paths): (&String, &Paths)| {
        let targets = paths
            .used
            .iter()
            .filter_map(|path| defined_in(&files, path));
        let others = targets.filter(|target| target != module);
        (module.clone(), others.collect())
    };
    files.iter().map(of).collect()
}

/// The file in which stands what a path names.
fn defined_in(files: &BTreeMap<String, Paths>, path: &[String]) -> Option<String> {
    let mut path = path.to_vec();
    // a name may be handed on a few times
    for _ in 0..10 {
        let length = (0..=path.len())
            .rev()
            .find(|&length| files.contains_key(&path[..length].join("::")))?;
        let module = path[..length].join("::");
        match path
            .get(length)
            .and_then(|name| files[&module].names.get(name))
        {
            Some(further) if *further != path[..=length] => {
                path = [&further[..], &path[length + 1..]].concat();
            }
            _ => return Some(module),
        }
    }
    None
}

/// Sets of files of which each leads to each other, largest first.
pub(crate) fn circles(imports: &Imports) -> Vec<Vec<String>> {
    let reached: BTreeMap<&String, BTreeSet<&String>> = imports
        .keys()
        .map(|from| (from, reach(imports, from)))
        .collect();
    let mut left: BTreeSet<&String> = imports.keys().collect();
    let mut found = Vec::new();
    while let Some(&one) = left.iter().next() {
        let is_mutual =
            |other: &&String| reached[one].contains(other) && reached[*other].contains(one);
        let mut circle: Vec<&String> = reached[one].iter().copied().filter(is_mutual).collect();
        circle.retain(|other| left.contains(other));
        left.remove(one);
        circle.iter().for_each(|other| {
            left.remove(other);
        });
        if circle.len() > 1 {
            found.push(circle.into_iter().cloned().collect());
        }
    }
    found.sort_by_key(|circle: &Vec<String>| std::cmp::Reverse(circle.len()));
    found
}

/// Every file that one leads to.
fn reach<'a>(imports: &'a Imports, from: &String) -> BTreeSet<&'a String> {
    let (mut found, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(next) = open.pop() {
        for target in imports.get(next).into_iter().flatten() {
            if imports.contains_key(target) && found.insert(target) {
                open.push(target);
            }
        }
    }
    found
}

/// Which folder of a module imports which; with none, which module.
pub(crate) fn folders(imports: &Imports, module: Option<&str>) -> Imports {
    let place = |file: &str| -> Option<String> {
        let inside = match module {
            Some(module) => file.strip_prefix(module)?.strip_prefix("::")?,
            None => file,
        };
        inside.split("::").next().map(str::to_owned)
    };
    let mut arrows: Imports = BTreeMap::new();
    for (file, targets) in imports {
        let Some(from) = place(file) else { continue };
        let others = targets.iter().filter_map(|target| place(target));
        let others = others.filter(|to| *to != from);
        arrows.entry(from.clone()).or_default().extend(others);
    }
    arrows
}

/// A drawing in Mermaid: an arrow for each pair of which one imports the
/// other, those left out that others imply.
pub(crate) fn drawing(arrows: &Imports) -> String {
    let mut text = "```mermaid\nflowchart TD\n".to_owned();
    for (from, targets) in arrows {
        for to in targets {
            let implied = |by: &String| by != to && reach(arrows, by).contains(to);
            if !targets.iter().any(implied) {
                text += &format!("    {from} --> {to}\n");
            }
        }
    }
    text + "```\n"
}
