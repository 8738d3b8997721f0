internal import ELF

/// Where the rows of a module's metadata tables stand.
///
/// Source: ECMA-335 II.24.2.6 (the `#~` stream) and II.22 (the columns). A column's width depends on how
/// many rows the tables have that it refers to, and each table stands behind the one before it.
struct CilTables {
  /// The tables that are read; the numbers are those of II.22.
  enum Table: Int {
    case moduleReference = 0x1A
    case implementationMap = 0x1C
    case assembly = 0x20
    case assemblyReference = 0x23
  }

  private enum Column {
    /// In bytes.
    case fixed(Int)
    case string, guid, blob
    /// The number of a row of a table.
    case row(Int)
    /// The number of a row of one of several tables, with some low bits that say of which.
    case coded(Coded)
  }

  private enum Coded {
    case typeDefOrRef, hasConstant, hasCustomAttribute, hasFieldMarshal, hasDeclSecurity
    case memberRefParent, hasSemantics, methodDefOrRef, memberForwarded, customAttributeType
    case resolutionScope

    /// II.24.2.6: how many bits tell the table, and which tables those are.
    var layout: (bits: Int, tables: [Int]) {
      switch self {
      case .typeDefOrRef: (2, [0x02, 0x01, 0x1B])
      case .hasConstant: (2, [0x04, 0x08, 0x17])
      case .hasCustomAttribute:
        (
          5,
          [
            0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0A, 0x00, 0x0E, 0x17, 0x14, 0x11, 0x1A, 0x1B,
            0x20, 0x23, 0x26, 0x27, 0x28, 0x2A, 0x2C, 0x2B,
          ]
        )
      case .hasFieldMarshal: (1, [0x04, 0x08])
      case .hasDeclSecurity: (2, [0x02, 0x06, 0x20])
      case .memberRefParent: (3, [0x02, 0x01, 0x1A, 0x06, 0x1B])
      case .hasSemantics: (1, [0x14, 0x17])
      case .methodDefOrRef: (1, [0x06, 0x0A])
      case .memberForwarded: (1, [0x04, 0x06])
      case .customAttributeType: (3, [0x06, 0x0A])
      case .resolutionScope: (2, [0x00, 0x1A, 0x23, 0x01])
      }
    }
  }

  /// The columns of the tables up to the last one that is read, by number.
  private static let layouts: [(table: String, columns: [Column])] = [
    ("Module", [.fixed(2), .string, .guid, .guid, .guid]),
    ("TypeRef", [.coded(.resolutionScope), .string, .string]),
    ("TypeDef", [.fixed(4), .string, .string, .coded(.typeDefOrRef), .row(0x04), .row(0x06)]),
    ("FieldPtr", [.row(0x04)]),
    ("Field", [.fixed(2), .string, .blob]),
    ("MethodPtr", [.row(0x06)]),
    ("MethodDef", [.fixed(4), .fixed(2), .fixed(2), .string, .blob, .row(0x08)]),
    ("ParamPtr", [.row(0x08)]),
    ("Param", [.fixed(2), .fixed(2), .string]),
    ("InterfaceImpl", [.row(0x02), .coded(.typeDefOrRef)]),
    ("MemberRef", [.coded(.memberRefParent), .string, .blob]),
    ("Constant", [.fixed(2), .coded(.hasConstant), .blob]),
    ("CustomAttribute", [.coded(.hasCustomAttribute), .coded(.customAttributeType), .blob]),
    ("FieldMarshal", [.coded(.hasFieldMarshal), .blob]),
    ("DeclSecurity", [.fixed(2), .coded(.hasDeclSecurity), .blob]),
    ("ClassLayout", [.fixed(2), .fixed(4), .row(0x02)]),
    ("FieldLayout", [.fixed(4), .row(0x04)]),
    ("StandAloneSig", [.blob]),
    ("EventMap", [.row(0x02), .row(0x14)]),
    ("EventPtr", [.row(0x14)]),
    ("Event", [.fixed(2), .string, .coded(.typeDefOrRef)]),
    ("PropertyMap", [.row(0x02), .row(0x17)]),
    ("PropertyPtr", [.row(0x17)]),
    ("Property", [.fixed(2), .string, .blob]),
    ("MethodSemantics", [.fixed(2), .row(0x06), .coded(.hasSemantics)]),
    ("MethodImpl", [.row(0x02), .coded(.methodDefOrRef), .coded(.methodDefOrRef)]),
    ("ModuleRef", [.string]),
    ("TypeSpec", [.blob]),
    ("ImplMap", [.fixed(2), .coded(.memberForwarded), .string, .row(0x1A)]),
    ("FieldRVA", [.fixed(4), .row(0x04)]),
    ("EncLog", [.fixed(4), .fixed(4)]),
    ("EncMap", [.fixed(4)]),
    (
      "Assembly",
      [
        .fixed(4), .fixed(2), .fixed(2), .fixed(2), .fixed(2), .fixed(4), .blob, .string, .string,
      ]
    ),
    ("AssemblyProcessor", [.fixed(4)]),
    ("AssemblyOS", [.fixed(12)]),
    (
      "AssemblyRef",
      [
        .fixed(2), .fixed(2), .fixed(2), .fixed(2), .fixed(4), .blob, .string, .string, .blob,
      ]
    ),
  ]

  private let data: EncodedBytes
  /// By table; 0 for one that isn't there.
  private let rowCounts: [Int]
  private let heapSizes: UInt8
  /// By table, in bytes from the beginning of the data.
  private var starts: [Int] = []

  /// Nil for what is no such stream.
  ///
  /// - Parameter start: where the stream begins, in bytes.
  init?(_ data: EncodedBytes, at start: Int) {
    guard let valid = data.uint64(start + 8), data.bytes.indices.contains(start + 6) else {
      return nil
    }
    self.data = data
    heapSizes = data.bytes[start + 6]
    var counts = [Int](repeating: 0, count: 64)
    var position = start + 24
    for table in 0..<64 where valid >> UInt64(table) & 1 == 1 {
      guard let count = data.uint32(position) else { return nil }
      counts[table] = Int(count)
      position += 4
    }
    // Some writers have four bytes more here.
    if heapSizes & 0x40 != 0 { position += 4 }
    rowCounts = counts
    for table in Self.layouts.indices {
      starts.append(position)
      // A count of 32 bits times a width below 100 is far from an overflow.
      position += counts[table] * rowSize(of: table)
      guard position <= data.bytes.count else { return nil }
    }
  }

  func rowCount(of table: Table) -> Int { rowCounts[table.rawValue] }

  /// The value of a column of two or four bytes; nil beyond the table's end.
  ///
  /// - Parameters:
  ///   - row: the first being 1, as rows are referred to.
  ///   - column: the first being 0.
  func value(of table: Table, row: Int, column: Int) -> Int? {
    guard row >= 1, row <= rowCount(of: table) else { return nil }
    let columns = Self.layouts[table.rawValue].columns
    let offset = columns[..<column].reduce(0) { $0 + width(of: $1) }
    let place = starts[table.rawValue] + (row - 1) * rowSize(of: table.rawValue) + offset
    return width(of: columns[column]) == 2
      ? data.uint16(place).map(Int.init) : data.uint32(place).map(Int.init)
  }

  private func rowSize(of table: Int) -> Int {
    Self.layouts[table].columns.reduce(0) { $0 + width(of: $1) }
  }

  private func width(of column: Column) -> Int {
    switch column {
    case .fixed(let size): size
    case .string: heapSizes & 1 != 0 ? 4 : 2
    case .guid: heapSizes & 2 != 0 ? 4 : 2
    case .blob: heapSizes & 4 != 0 ? 4 : 2
    case .row(let table): rowCounts[table] < 1 << 16 ? 2 : 4
    case .coded(let coded):
      (coded.layout.tables.map { rowCounts[$0] }.max() ?? 0) < 1 << (16 - coded.layout.bits)
        ? 2 : 4
    }
  }
}
