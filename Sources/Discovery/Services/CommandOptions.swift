internal import FileTree

/// The options and operands of a command, as getopt_long(3) tells them apart.
struct CommandOptions {
  /// By the option's letter or long name; what has no value has an empty one.
  private(set) var values: [ByteString: ByteString] = [:]
  private(set) var operands: [ByteString] = []

  /// - Parameters:
  ///   - words: behind the command's name, up to `--`; what can't be told is passed over.
  ///   - letters: of the options that have a value.
  ///   - names: the same of long options.
  init(_ words: some Sequence<ByteString?>, letters: String, names: Set<ByteString>) {
    let dash = UInt8(ascii: "-")
    var pending: ByteString?
    for word in words {
      if let option = pending {
        pending = nil
        if let word { values[option] = word }
        continue
      }
      guard let word else { continue }
      if word == "--" { break }
      guard word.bytes.first == dash, word.count > 1 else {
        operands.append(word)
        continue
      }
      if word.bytes[1] == dash {
        let name = word.bytes[2...]
        if let sign = name.firstIndex(of: UInt8(ascii: "=")) {
          values[ByteString(name[..<sign])] = ByteString(name[(sign + 1)...])
        } else if names.contains(ByteString(name)) {
          pending = ByteString(name)
        } else {
          values[ByteString(name)] = ""
        }
      } else {
        pending = take(letters: word.bytes[1...], valued: letters)
      }
    }
  }

  /// Several letters in one word; the option that waits for its value.
  private mutating func take(letters: ArraySlice<UInt8>, valued: String) -> ByteString? {
    var rest = letters
    while let letter = rest.popFirst() {
      let name = ByteString([letter])
      guard valued.utf8.contains(letter) else {
        values[name] = ""
        continue
      }
      if rest.isEmpty { return name }
      values[name] = ByteString(rest)
      return nil
    }
    return nil
  }

  /// The value of the first of some options that is there.
  subscript(_ names: ByteString...) -> ByteString? {
    names.lazy.compactMap { values[$0] }.first
  }
}
