//! The links in a group of an HDF5 file.
//!
//! The reader's own listing opens whatever a group holds and fails with the first object that it doesn't know, such as
//! a virtual dataset beside the movie. Here links are listed alone; each is followed by itself.

use hdf5_reader::Hdf5File;
use hdf5_reader::btree_v1::collect_btree_v1_leaves_storage;
use hdf5_reader::btree_v2::{BTreeV2Header, BTreeV2Record, collect_btree_v2_records_storage};
use hdf5_reader::error::Error;
use hdf5_reader::fractal_heap::{FractalHeap, FractalHeapDirectBlockCache};
use hdf5_reader::group::Group;
use hdf5_reader::io::Cursor;
use hdf5_reader::local_heap::LocalHeap;
use hdf5_reader::messages::HdfMessage;
use hdf5_reader::messages::link::{self, LinkMessage, LinkTarget};
use hdf5_reader::messages::link_info::LinkInfoMessage;
use hdf5_reader::messages::symbol_table_msg::SymbolTableMessage;
use hdf5_reader::symbol_table::SymbolTableNode;

/// A name and what it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub name: String,
    pub target: Target,
}

/// What a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// An object.
    Object,
    /// A path in the file.
    Path(String),
    /// A path in another file.
    OtherFile { file: String, path: String },
}

impl From<LinkTarget> for Target {
    fn from(target: LinkTarget) -> Self {
        match target {
            LinkTarget::Hard { .. } => Self::Object,
            LinkTarget::Soft { path } => Self::Path(path),
            LinkTarget::External { filename, path } => Self::OtherFile { file: filename, path },
        }
    }
}

/// Links in the order in which they were made if the group keeps it, else as they are stored.
pub(super) fn links(file: &Hdf5File, group: &Group) -> Result<Vec<Link>, Error> {
    let header = file.get_or_parse_header(group.address())?;
    let mut links: Vec<(Option<u64>, Link)> = Vec::new();
    for message in &header.messages {
        match message {
            HdfMessage::SymbolTable(table) => {
                let found = old_style(group, table)?;
                links.extend(found.into_iter().map(|link| (None, link)));
            }
            HdfMessage::Link(link) => links.push(of_message(link.clone())),
            HdfMessage::LinkInfo(info) => dense(group, info, &mut links)?,
            _ => {}
        }
    }
    if links.iter().all(|(order, _)| order.is_some()) {
        links.sort_by_key(|(order, _)| *order);
    }
    Ok(links.into_iter().map(|(_, link)| link).collect())
}

fn of_message(message: LinkMessage) -> (Option<u64>, Link) {
    let link = Link {
        name: message.name,
        target: message.target.into(),
    };
    (message.creation_order, link)
}

/// Links of a group of the first kind: a tree of nodes with names in a heap.
fn old_style(group: &Group, table: &SymbolTableMessage) -> Result<Vec<Link>, Error> {
    /// The mark of a link to a path, whose place in the heap follows.
    const TO_PATH: u32 = 2;
    let (storage, offsets, lengths) = (group.storage(), group.offset_size(), group.length_size());
    let heap = LocalHeap::parse_at_storage(storage, table.heap_address, offsets, lengths)?;
    let leaves = collect_btree_v1_leaves_storage(storage, table.btree_address, offsets, lengths, None, &[], None)?;
    let mut links = Vec::new();
    for (_, address) in leaves {
        // Signature, version and the number of entries come first.
        let start = storage.read_range(address, 8)?;
        let count = usize::from(u16::from_le_bytes([start.as_ref()[6], start.as_ref()[7]]));
        let entry = 2 * usize::from(offsets) + 24;
        let node = storage.read_range(address, 8 + count * entry)?;
        let node = SymbolTableNode::parse(&mut Cursor::new(node.as_ref()), offsets, lengths)?;
        for entry in &node.entries {
            let [a, b, c, d, ..] = entry.scratch;
            let target = match entry.cache_type {
                TO_PATH => {
                    let offset = u64::from(u32::from_le_bytes([a, b, c, d]));
                    Target::Path(heap.get_string_storage(offset, storage)?)
                }
                _ => Target::Object,
            };
            links.push(Link {
                name: heap.get_string_storage(entry.link_name_offset, storage)?,
                target,
            });
        }
    }
    Ok(links)
}

/// Links of a large group of the second kind.
fn dense(group: &Group, info: &LinkInfoMessage, links: &mut Vec<(Option<u64>, Link)>) -> Result<(), Error> {
    let (storage, offsets, lengths) = (group.storage(), group.offset_size(), group.length_size());
    if Cursor::is_undefined_offset(info.fractal_heap_address, offsets) {
        return Ok(());
    }
    let heap = FractalHeap::parse_at_storage(storage, info.fractal_heap_address, offsets, lengths)?;
    let tree = BTreeV2Header::parse_at_storage(storage, info.btree_name_index_address, offsets, lengths)?;
    let records = collect_btree_v2_records_storage(storage, &tree, offsets, lengths, None, &[], None)?;
    let mut blocks = FractalHeapDirectBlockCache::default();
    for record in &records {
        let BTreeV2Record::LinkNameHash { heap_id, .. } = record else {
            continue;
        };
        let bytes = heap.get_object_storage_cached(heap_id, storage, offsets, lengths, &mut blocks)?;
        let link = link::parse(&mut Cursor::new(&bytes), offsets, lengths, bytes.len())?;
        links.push(of_message(link));
    }
    Ok(())
}
