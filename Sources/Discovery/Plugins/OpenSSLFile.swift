internal import FileTree

/// The configuration language of OpenSSL.
///
/// Source: OpenSSL `crypto/conf/conf_def.c` (`def_load_bio`), `config(5)`: sections, continued lines,
/// `$name` and `$section::name`, `.include` of files and directories, `.pragma`.
struct OpenSSLFile {
  struct Entry: Hashable {
    let key: ByteString
    let value: ByteString
    let file: ByteString
    /// The first being 1.
    let line: Int
  }

  private(set) var sections: [ByteString: [Entry]] = [:]
  /// Every file that was read, with who names it; the first is named by nobody.
  private(set) var files: [(path: ByteString, evidence: Evidence?)] = []

  private var includeDirectory: ByteString?
  private var seen: Set<ByteString> = []
  /// How many more files, entries and bytes of values are kept: variables let a small file say much.
  private var filesLeft = 256
  private var entriesLeft = 1 << 13
  private var bytesLeft = 1 << 22

  /// In bytes: what a value may grow to.
  private static let valueLimit = 1 << 16
  private static let defaultSection: ByteString = "default"

  init(at path: ByteString, in root: inout RootView) {
    read(path, evidence: nil, depth: 0, in: &root)
  }

  /// The last of a section's values for a key, which is the one that counts.
  func entry(_ key: ByteString, in section: ByteString) -> Entry? {
    sections[section]?.last { $0.key == key }
  }

  private mutating func read(
    _ path: ByteString, evidence: Evidence?, depth: Int, in root: inout RootView
  ) {
    guard filesLeft > 0, depth < 16, root.isFile(path), seen.insert(path).inserted else { return }
    filesLeft -= 1
    files.append((path, evidence))
    var section = Self.defaultSection
    for (number, text) in Self.logicalLines(root.lines(at: path)) {
      let line = ConfigurationText.trim(text)
      guard let first = line.bytes.first, first != UInt8(ascii: "#") else { continue }
      if first == UInt8(ascii: "[") {
        section = ConfigurationText.trim(
          ByteString(line.bytes.dropFirst().prefix { $0 != UInt8(ascii: "]") }))
      } else if let argument = Self.directive(".include", line) {
        let target = expand(Self.value(argument), in: section)
        include(target, .line(number, of: path), depth: depth, in: &root)
      } else if let argument = Self.directive(".pragma", line) {
        if let (key, value) = ConfigurationText.pair(argument, at: ":"), key == "includedir" {
          includeDirectory = value
        }
      } else if let (name, text) = ConfigurationText.pair(line, at: "=") {
        add(name, Self.value(text), to: section, file: path, line: number)
      }
    }
  }

  private mutating func add(
    _ name: ByteString, _ value: ByteString, to section: ByteString, file: ByteString, line: Int
  ) {
    var key = name
    var place = section
    if let mark = ConfigurationText.places(of: "::", in: name).first {
      place = ByteString(name.bytes[..<mark])
      key = ByteString(name.bytes[(mark + 2)...])
    }
    guard entriesLeft > 0, bytesLeft > 0 else { return }
    let entry = Entry(key: key, value: expand(value, in: section), file: file, line: line)
    entriesLeft -= 1
    bytesLeft -= entry.value.count
    sections[place, default: []].append(entry)
  }

  private mutating func include(
    _ target: ByteString, _ evidence: Evidence, depth: Int, in root: inout RootView
  ) {
    // A relative path is relative to where the program starts, unless the file says otherwise.
    let path = ConfigurationText.path(target, in: includeDirectory ?? "/")
    guard root.isDirectory(path) else {
      read(path, evidence: evidence, depth: depth + 1, in: &root)
      return
    }
    for name in root.names(in: path) where name.hasSuffix(".cnf") || name.hasSuffix(".conf") {
      read(
        ConfigurationText.path(name, in: path), evidence: evidence, depth: depth + 1, in: &root)
    }
  }

  /// The argument of a directive, which may stand behind an `=`.
  private static func directive(_ name: ByteString, _ line: ByteString) -> ByteString? {
    guard line.hasPrefix(name), line.count > name.count else { return nil }
    let rest = ConfigurationText.trim(ByteString(line.bytes.dropFirst(name.count)))
    return rest.hasPrefix("=")
      ? ConfigurationText.trim(ByteString(rest.bytes.dropFirst())) : rest
  }

  /// A value without its comment, quotes and backslashes.
  private static func value(_ text: ByteString) -> ByteString {
    var result: [UInt8] = []
    var quote: UInt8?
    var index = 0
    while index < text.count {
      let byte = text.bytes[index]
      index += 1
      if byte == UInt8(ascii: "\\"), index < text.count {
        result.append(text.bytes[index])
        index += 1
      } else if let open = quote {
        if byte == open { quote = nil } else { result.append(byte) }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: "#") {
        break
      } else {
        result.append(byte)
      }
    }
    return ConfigurationText.trim(ByteString(result))
  }

  /// A value with its variables replaced; one that isn't known stays.
  private func expand(_ value: ByteString, in section: ByteString) -> ByteString {
    let bytes = value.bytes
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count, result.count < Self.valueLimit {
      guard bytes[index] == UInt8(ascii: "$"), index + 1 < bytes.count else {
        result.append(bytes[index])
        index += 1
        continue
      }
      let open = bytes[index + 1]
      let close: UInt8? =
        open == UInt8(ascii: "{")
        ? UInt8(ascii: "}") : open == UInt8(ascii: "(") ? UInt8(ascii: ")") : nil
      let start = close == nil ? index + 1 : index + 2
      let name = bytes[start...].prefix { close == nil ? Self.isNameByte($0) : $0 != close }
      let end = min(name.endIndex + (close == nil ? 0 : 1), bytes.count)
      let known = variable(ByteString(name), in: section)
      result += known?.bytes ?? Array(bytes[index..<end])
      index = max(end, index + 1)
    }
    return ByteString(result)
  }

  private func variable(_ name: ByteString, in section: ByteString) -> ByteString? {
    if let mark = ConfigurationText.places(of: "::", in: name).first {
      return entry(
        ByteString(name.bytes[(mark + 2)...]), in: ByteString(name.bytes[..<mark]))?.value
    }
    return (entry(name, in: section) ?? entry(name, in: Self.defaultSection))?.value
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"):
      true
    default: false
    }
  }

  /// Lines with those that end in a backslash joined to the next, by the number of the first.
  private static func logicalLines(
    _ lines: [(number: Int, text: ByteString)]
  ) -> [(number: Int, text: ByteString)] {
    var result: [(number: Int, text: ByteString)] = []
    var continues = false
    for (number, text) in lines {
      var bytes = text.bytes
      if bytes.last == 13 { bytes.removeLast() }
      let isOpen = bytes.last == UInt8(ascii: "\\")
      if isOpen { bytes.removeLast() }
      if continues, let last = result.indices.last {
        result[last].text.bytes += bytes
      } else {
        result.append((number, ByteString(bytes)))
      }
      continues = isOpen
    }
    return result
  }
}
