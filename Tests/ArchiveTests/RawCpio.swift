/// A cpio archive made byte by byte, so that any of them can be wrong.
struct RawCpio {
  private(set) var bytes: [UInt8] = []

  struct Entry {
    var name: String
    var mode: UInt32 = 0o100644
    var content: [UInt8] = []
    var inode: UInt32 = 1
    var links: UInt32 = 1
    /// Its numbers, of a device.
    var device: (major: UInt32, minor: UInt32) = (0, 0)
    var size: UInt32?
    var nameSize: UInt32?
    var magic = "070701"
    var checksum: UInt32 = 0
    var padding: UInt8 = 0
  }

  init(_ entries: Entry...) {
    for entry in entries { append(entry) }
  }

  var complete: [UInt8] {
    var whole = self
    whole.append(Entry(name: "TRAILER!!!", mode: 0, inode: 0))
    return whole.bytes
  }

  mutating func append(_ entry: Entry) {
    let fields: [UInt32] = [
      entry.inode, entry.mode, 0, 0, entry.links, 0, entry.size ?? UInt32(entry.content.count), 0,
      0, entry.device.major, entry.device.minor,
      entry.nameSize ?? UInt32(entry.name.utf8.count + 1), entry.checksum,
    ]
    let digits = fields.map { field in
      let text = String(field, radix: 16)
      return String(repeating: "0", count: 8 - text.count) + text
    }
    bytes += Array((entry.magic + digits.joined() + entry.name).utf8) + [0]
    pad(with: 0)
    bytes += entry.content
    pad(with: entry.padding)
  }

  private mutating func pad(with byte: UInt8) {
    while bytes.count % 4 != 0 { bytes.append(byte) }
  }
}
