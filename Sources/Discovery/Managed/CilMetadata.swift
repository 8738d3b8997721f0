internal import ELF
internal import FileTree

/// What the metadata of a managed assembly says of other files.
///
/// Source: ECMA-335 II.24.2.1 (the metadata root), II.22.5 and II.22.2 (AssemblyRef, Assembly),
/// II.22.22 (ImplMap: the methods that are native code, and in which module).
struct CilMetadata: Hashable, Sendable {
  /// Another assembly, as this one asks for it.
  struct Reference: Hashable, Sendable {
    let name: ByteString
    /// `4.0.0.0`.
    let version: ByteString
    /// Empty for the neutral one.
    let culture: ByteString
    /// In lower-case digits; empty for an assembly without a strong name.
    let token: ByteString
  }

  /// Nil for a module that is no assembly.
  let name: ByteString?
  let references: [Reference]
  /// The native modules that methods are in, each once, as the code names them.
  let nativeModules: [ByteString]

  static let signature = Array("BSJB".utf8)

  /// In rows; no assembly has more.
  private static let rowLimit = 1 << 16
  /// In bytes, of a name.
  private static let nameLimit = 1 << 10

  /// Nil for what is no metadata, or damaged, or names more than a budget has left.
  ///
  /// - Parameters:
  ///   - start: the place of the root's signature, in bytes.
  ///   - budget: of the file that holds it: several roots may name the same tables.
  init?(_ data: EncodedBytes, at start: Int, _ budget: inout ReadBudget) {
    guard let streams = Streams(data, at: start), let tables = CilTables(data, at: streams.tables)
    else { return nil }
    let heaps = Heaps(data: data, strings: streams.strings, blobs: streams.blobs)
    name = tables.value(of: .assembly, row: 1, column: 7).flatMap { heaps.string($0, &budget) }
    var references: [Reference] = []
    for row in Self.rows(of: .assemblyReference, in: tables) {
      guard budget.spend(Self.rowSize) else { return nil }
      if let next = Self.reference(row, in: tables, heaps, &budget) { references.append(next) }
    }
    self.references = references
    guard let modules = Self.modules(in: tables, heaps, &budget) else { return nil }
    nativeModules = modules
  }

  /// About what a row takes, in bytes.
  private static let rowSize = 8

  private static func modules(
    in tables: CilTables, _ heaps: Heaps, _ budget: inout ReadBudget
  ) -> [ByteString]? {
    var rows: Set<Int> = []
    var names: Set<ByteString> = []
    var modules: [ByteString] = []
    for row in Self.rows(of: .implementationMap, in: tables) {
      guard budget.spend(rowSize) else { return nil }
      guard let module = tables.value(of: .implementationMap, row: row, column: 3),
        rows.insert(module).inserted,
        let text = tables.value(of: .moduleReference, row: module, column: 0),
        let name = heaps.string(text, &budget), names.insert(name).inserted
      else { continue }
      modules.append(name)
    }
    return modules
  }

  private static func rows(of table: CilTables.Table, in tables: CilTables) -> ClosedRange<Int> {
    // A table without rows has no first one either, which every look-up answers with nil.
    1...max(1, min(tables.rowCount(of: table), rowLimit))
  }

  private static func reference(
    _ row: Int, in tables: CilTables, _ heaps: Heaps, _ budget: inout ReadBudget
  ) -> Reference? {
    func value(_ column: Int) -> Int? {
      tables.value(of: .assemblyReference, row: row, column: column)
    }
    guard let name = value(6).flatMap({ heaps.string($0, &budget) }), !name.isEmpty else {
      return nil
    }
    let version = (0..<4).compactMap(value).map(String.init).joined(separator: ".")
    let key = value(5).flatMap(heaps.blob) ?? []
    // The flag says that the whole key stands there, of which the token is a digest.
    let isToken = (value(4) ?? 0) & 1 == 0 && key.count == 8
    return Reference(
      name: name, version: ByteString(version),
      culture: value(7).flatMap { heaps.string($0, &budget) } ?? "",
      token: isToken ? hexadecimal(key) : "")
  }

  private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> ByteString {
    let digits = Array("0123456789abcdef".utf8)
    return ByteString(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }

  /// Where the streams begin, in bytes.
  private struct Streams {
    var tables = 0
    var strings: Range<Int> = 0..<0
    var blobs: Range<Int> = 0..<0

    init?(_ data: EncodedBytes, at start: Int) {
      guard data.has(signature, at: start), let length = data.uint32(start + 12), length <= 256,
        let count = data.uint16(start + 16 + Int(length) + 2), count <= 16
      else { return nil }
      var position = start + 16 + Int(length) + 4
      for _ in 0..<count {
        guard let offset = data.uint32(position), let size = data.uint32(position + 4),
          let name = data.string(position + 8, limit: 32)
        else { return nil }
        let range = start + Int(offset)..<start + Int(offset) + Int(size)
        guard range.upperBound <= data.bytes.count else { return nil }
        switch name {
        case "#~", "#-": tables = range.lowerBound
        case "#Strings": strings = range
        case "#Blob": blobs = range
        default: break
        }
        position += 8 + (name.count + 4) / 4 * 4
      }
      guard tables > 0, !strings.isEmpty else { return nil }
    }
  }

  /// II.24.2.3 and II.24.2.4.
  private struct Heaps {
    let data: EncodedBytes
    let strings: Range<Int>
    let blobs: Range<Int>

    func string(_ offset: Int, _ budget: inout ReadBudget) -> ByteString? {
      guard offset < strings.count,
        let text = data.string(strings.lowerBound + offset, limit: nameLimit),
        budget.spend(text.count + 1)
      else { return nil }
      return text
    }

    /// Of less than 128 bytes; no token is longer.
    func blob(_ offset: Int) -> ArraySlice<UInt8>? {
      guard offset > 0, offset < blobs.count else { return nil }
      let start = blobs.lowerBound + offset
      let size = Int(data.bytes[start])
      guard size < 128, start + 1 + size <= blobs.upperBound else { return nil }
      return data.bytes[(start + 1)..<(start + 1 + size)]
    }
  }
}
