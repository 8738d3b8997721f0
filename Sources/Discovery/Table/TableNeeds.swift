internal import ELF
internal import FileTree
internal import Loader

/// What ``NeedsTable`` says of objects.
struct TableNeeds: NeedSource {
  private let rows: [ByteString: [NeedsRow]]
  private let sonames: [(prefix: ByteString, row: NeedsRow)]
  private let strings: [(text: ByteString, row: NeedsRow)]

  /// By the table that is compiled in.
  static let shared = TableNeeds(NeedsTable.rows)

  init(_ rows: [NeedsRow]) {
    var symbols: [ByteString: [NeedsRow]] = [:]
    for row in rows where row.trigger == .symbol {
      for word in row.words { symbols[word, default: []].append(row) }
    }
    self.rows = symbols
    sonames = rows.filter { $0.trigger == .soname }.flatMap { row in
      row.words.map { ($0, row) }
    }
    strings = rows.filter(\.isText).flatMap { row in row.words.map { ($0, row) } }
  }

  var symbols: Set<ByteString> { Set(rows.keys) }

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard let image = object.image else { return [] }
    var needs: [RuntimeNeed] = []
    // In the order of the names, so that a report doesn't depend on the hash seed.
    let imported = object.imports.filter { rows[$0] != nil }.sorted()
    for symbol in imported {
      for row in rows[symbol] ?? [] {
        add(row, .symbol(symbol), of: object, to: &needs, in: &root)
      }
    }
    if let soname = image.dynamic?.soname {
      for (prefix, row) in sonames where soname.hasPrefix(prefix) {
        add(row, .soname(soname), of: object, to: &needs, in: &root)
      }
    }
    if object.isProgram { addStrings(of: object, to: &needs, in: &root) }
    return needs
  }

  private mutating func add(
    _ row: NeedsRow, _ mark: Evidence.Mark, of object: ObservedObject,
    to needs: inout [RuntimeNeed], in root: inout RootView
  ) {
    guard row.libc == nil || row.libc == object.libc else { return }
    needs.append(
      RuntimeNeed(
        topic: row.topic, grade: .implied, evidence: Evidence(file: object.path, mark: mark),
        wishes: PresetWishes.wishes(row.topic, detail: row.detail, for: object, in: &root),
        isEssential: row.isEssential, purpose: row.purpose))
    if let detail = row.detail, let contents = Preset.standard(row.topic)?.contents {
      needs += contents.hints(detail, row.purpose, &root)
    }
  }

  /// A library that is linked in statically shows itself by its texts alone.
  private mutating func addStrings(
    of object: ObservedObject, to needs: inout [RuntimeNeed], in root: inout RootView
  ) {
    let isStatic = object.image?.interpreter == nil
    let places = root.constantFacts(of: object).texts
    for (text, row) in strings {
      guard let place = places[text],
        row.holds(isStatic: isStatic, isTerminated: place.isTerminated)
      else { continue }
      add(row, .string(text, offset: place.offset), of: object, to: &needs, in: &root)
    }
    guard isStatic else { return }
    let operands = strings.filter {
      $0.row.trigger == .linked && $0.text.count <= CodeTexts.operandSize && places[$0.text] == nil
    }
    let texts = CodeTexts.those(operands.map(\.text), of: object.real, in: root)
    for (text, row) in operands where texts.contains(text) {
      add(row, .text(text), of: object, to: &needs, in: &root)
    }
  }
}
