internal import Bundle
internal import FileTree

/// Writes entries as a cpio archive of the kind that the kernel unpacks at its start.
///
/// Source: Linux Documentation/driver-api/early-userspace/buffer-format.rst ("newc").
final class CpioSink: EntrySink {
  private let output: any ByteSink
  private let metadata: EntryMetadata
  /// Of the entry that is being written.
  private var owner: EntryMetadata
  /// How many names each file that has several goes by.
  private var linkCounts: [RootPath: UInt64] = [:]
  private var numbers: [RootPath: UInt64] = [:]
  private var written: UInt64 = 0
  /// Until it is written.
  private var initLink: BundleEntry?

  /// GNU cpio's block.
  private static let blockSize: UInt64 = 512
  private static let trailer: ByteString = "TRAILER!!!"

  init(_ plan: BundlePlan, output: any ByteSink, metadata: EntryMetadata) throws(ArchiveError) {
    self.output = output
    self.metadata = metadata
    owner = metadata
    guard metadata.modificationTime <= UInt32.max else {
      throw .unrepresentable(.root, "cpio holds no time after 2106")
    }
    initLink = plan.initLink
    guard initLink != nil || plan.entries.contains(where: { $0.path == "/init" }) else {
      throw .unrepresentable("/init", "the kernel starts it, and no program was packed")
    }
    for entry in plan.entries {
      if case .hardLink(let target, _) = entry.node { linkCounts[target, default: 1] += 1 }
    }
  }

  func begin(_ entry: BundleEntry) throws(ArchiveError) {
    if let link = initLink, link.archiveName < entry.archiveName { try writeInit(link) }
    guard entry.path.text.bytes.dropFirst() != Self.trailer.bytes[...] else {
      throw .unrepresentable(entry.path, "cpio ends with a file of this name")
    }
    if entry.path == "/init", case .directory = entry.node {
      throw .unrepresentable(entry.path, "the kernel starts it, and it is a directory")
    }
    try write(entry)
  }

  /// In its place between the others.
  private func writeInit(_ link: BundleEntry) throws(ArchiveError) {
    initLink = nil
    try write(link)
  }

  private func write(_ entry: BundleEntry) throws(ArchiveError) {
    owner = metadata.of(entry)
    guard entry.size <= UInt32.max else {
      throw .unrepresentable(entry.path, "cpio holds no file of 4 GiB or more")
    }
    guard entry.attributes.isEmpty else {
      throw .unrepresentable(entry.path, "cpio holds no extended attributes")
    }
    let name = ByteString(entry.path.text.bytes.dropFirst())
    switch entry.node {
    case .directory(let permissions):
      try write(name, mode: 0o040000, permissions, links: 2, number: number(of: entry.path))
    case .file(_, let permissions):
      try write(
        name, mode: 0o100000, permissions, links: linkCounts[entry.path] ?? 1, size: entry.size,
        number: number(of: entry.path))
    case .hardLink(let target, let permissions):
      // The content stands with the first name; the kernel links a later one without any.
      try write(
        name, mode: 0o100000, permissions, links: linkCounts[target] ?? 1,
        number: number(of: target))
    case .symbolicLink(let text):
      try write(
        name, mode: 0o120000, 0o777, size: UInt64(text.count), number: number(of: entry.path))
      try append(text.bytes)
      try pad(to: 4)
    }
  }

  func append(_ content: [UInt8]) throws(ArchiveError) {
    written += UInt64(content.count)
    try output.append(content)
  }

  func end(_ entry: BundleEntry) throws(ArchiveError) {
    try pad(to: 4)
  }

  func finish() throws(ArchiveError) {
    if let link = initLink { try writeInit(link) }
    try write(Self.trailer, mode: 0, 0, number: 0)
    try pad(to: Self.blockSize)
    try output.finish()
  }

  /// Inode numbers, from 1 in the order of the entries.
  private func number(of path: RootPath) -> UInt64 {
    if let number = numbers[path] { return number }
    let number = UInt64(numbers.count + 1)
    numbers[path] = number
    return number
  }

  private func write(
    _ name: ByteString, mode: UInt64, _ permissions: UInt16, links: UInt64 = 1, size: UInt64 = 0,
    number: UInt64
  ) throws(ArchiveError) {
    let time = number == 0 ? 0 : metadata.modificationTime
    // Number, mode, owner, group, names, time, size, device and its own device (major and minor
    // each), the name's length with its NUL, checksum.
    let fields: [UInt64] = [
      number, mode | UInt64(permissions), UInt64(owner.owner), UInt64(owner.group), links,
      time, size, 0, 0, 0, 0, UInt64(name.count + 1), 0,
    ]
    try append(Array("070701".utf8) + fields.flatMap(Self.hexadecimal) + name.bytes + [0])
    try pad(to: 4)
  }

  private func pad(to multiple: UInt64) throws(ArchiveError) {
    let rest = written % multiple
    if rest != 0 { try append([UInt8](repeating: 0, count: Int(multiple - rest))) }
  }

  private static func hexadecimal(_ value: UInt64) -> [UInt8] {
    let digits = String(value, radix: 16)
    return Array((String(repeating: "0", count: max(0, 8 - digits.count)) + digits).utf8)
  }
}
