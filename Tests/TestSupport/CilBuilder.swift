package import FileTree

/// Writes the smallest assembly that refers to others and to native modules.
package struct CilBuilder {
  package struct Reference {
    let name: String
    let version: [Int]
    let token: [UInt8]

    package init(_ name: String, version: [Int] = [4, 0, 0, 0], token: [UInt8] = []) {
      self.name = name
      self.version = version
      self.token = token
    }
  }

  package let name: String
  package var references: [Reference] = []
  /// The native modules of its methods, one method each.
  package var modules: [String] = []
  /// Native modules that are named and that no method is in.
  package var unusedModules: [String] = []
  /// Whether the places in heaps take four bytes, as in a large assembly.
  package var hasLargeHeaps = false

  package init(_ name: String) { self.name = name }

  private static func number(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  private static func padded(_ bytes: [UInt8]) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: -bytes.count & 3)
  }

  /// The metadata alone, as it stands inside of anything.
  package var metadata: [UInt8] {
    var strings: [UInt8] = [0]
    var blobs: [UInt8] = [0]
    func place(_ text: String) -> [UInt8] {
      defer { strings += Array(text.utf8) + [0] }
      return Self.number(strings.count, hasLargeHeaps ? 4 : 2)
    }
    func place(blob: [UInt8]) -> [UInt8] {
      defer { blobs += [UInt8(blob.count)] + blob }
      return Self.number(blob.isEmpty ? 0 : blobs.count, hasLargeHeaps ? 4 : 2)
    }
    let none = Self.number(0, hasLargeHeaps ? 4 : 2)
    let number = Self.number
    let moduleRow = [number(0, 2), place(name + ".dll"), none, none, none].flatMap(\.self)
    let moduleReferences = (unusedModules + modules).flatMap { place($0) }
    let maps = modules.indices.flatMap { index in
      let module = number(unusedModules.count + index + 1, 2)
      return [number(0, 2), number(3, 2), place("function"), module].flatMap(\.self)
    }
    let assembly = [
      number(0x8004, 4), number(1, 2), [UInt8](repeating: 0, count: 10), none, place(name), none,
    ].flatMap(\.self)
    let others = references.flatMap { reference in
      let version = reference.version.flatMap { number($0, 2) }
      return [
        version, number(0, 4), place(blob: reference.token), place(reference.name), none, none,
      ].flatMap(\.self)
    }
    let tables: [(table: Int, count: Int, rows: [UInt8])] = [
      (0x00, 1, moduleRow), (0x1A, modules.count + unusedModules.count, moduleReferences),
      (0x1C, modules.count, maps), (0x20, 1, assembly), (0x23, references.count, others),
    ].filter { $0.count > 0 }
    let valid = tables.reduce(0) { $0 | 1 << $1.table }
    let header: [UInt8] = number(0, 4) + [2, 0, hasLargeHeaps ? 7 : 0, 1] + number(valid, 8)
    let stream =
      header + number(0, 8) + tables.flatMap { number($0.count, 4) } + tables.flatMap(\.rows)
    return Self.root([("#~", stream), ("#Strings", strings), ("#Blob", blobs)])
  }

  private static func root(_ streams: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    let version = padded(Array("v4.0.30319\0".utf8))
    let names = streams.map { padded(Array($0.name.utf8) + [0]) }
    var offset = 16 + version.count + 4 + names.reduce(0) { $0 + 8 + $1.count }
    var headers: [UInt8] = []
    var contents: [UInt8] = []
    for (name, stream) in zip(names, streams) {
      let bytes = padded(stream.bytes)
      headers += number(offset, 4) + number(bytes.count, 4) + name
      contents += bytes
      offset += bytes.count
    }
    return Array("BSJB".utf8) + number(1, 2) + number(1, 2) + number(0, 4)
      + number(version.count, 4) + version + number(0, 2) + number(streams.count, 2) + headers
      + contents
  }

  /// A file of one section, which holds the CLI header and the metadata.
  package var bytes: [UInt8] {
    let number = Self.number
    let metadata = metadata
    let address = 0x2000
    let header: [[UInt8]] = [
      number(72, 4), number(2, 2), number(5, 2), number(address + 72, 4),
      number(metadata.count, 4), [UInt8](repeating: 0, count: 56),
    ]
    let content = header.flatMap(\.self) + metadata
    var directories = [UInt8](repeating: 0, count: 128)
    directories.replaceSubrange(112..<120, with: number(address, 4) + number(72, 4))
    let start = [
      Array("MZ".utf8), [UInt8](repeating: 0, count: 58), number(0x80, 4),
      [UInt8](repeating: 0, count: 64),
      Array("PE\0\0".utf8), number(0x14C, 2), number(1, 2), [UInt8](repeating: 0, count: 12),
      number(96 + 128, 2), number(0x2102, 2), number(0x10B, 2),
      [UInt8](repeating: 0, count: 94), directories,
      Array(".text\0\0\0".utf8), number(content.count, 4), number(address, 4),
      number(content.count, 4), number(0x200, 4), [UInt8](repeating: 0, count: 16),
    ].flatMap(\.self)
    return start + [UInt8](repeating: 0, count: 0x200 - start.count) + content
  }
}

extension InMemoryTree.Node {
  package static func assembly(
    _ name: String, references: [CilBuilder.Reference] = [], modules: [String] = []
  ) -> InMemoryTree.Node {
    var builder = CilBuilder(name)
    builder.references = references
    builder.modules = modules
    return .file(builder.bytes)
  }
}
