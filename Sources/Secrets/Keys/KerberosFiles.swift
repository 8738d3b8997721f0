/// Keys and tickets of Kerberos.
///
/// Source: krb5 `src/lib/krb5/keytab/kt_file.c`, `src/lib/krb5/ccache/cc_file.c` and the manual, "Keytab file
/// format", "Credential cache file format".
enum KerberosFiles {
  private static let keytab = SecretRule(name: "keytab", what: "keys of Kerberos (a keytab)")
  private static let cache = SecretRule(name: "ccache", what: "tickets of Kerberos")

  /// - Parameter head: of a file, as much as a first entry takes.
  static func rule(of head: [UInt8], name: [UInt8]) -> SecretRule? {
    guard head.first == 5, let version = head.dropFirst().first else { return nil }
    let isNamed = name.suffix(6).elementsEqual("keytab".utf8)
    switch version {
    case 1, 2: return isNamed || beginsWithEntry(head, isNative: version == 1) ? keytab : nil
    case 3: return beginsWithPrincipal(BigEndianReader(head, at: 2)) ? cache : nil
    case 4:
      var reader = BigEndianReader(head, at: 2)
      guard reader.counted(2) != nil, beginsWithPrincipal(reader) else { return nil }
      return cache
    default: return nil
    }
  }

  /// The size of an entry, the number of parts of a name, and the realm. The first version has the byte
  /// order of the machine.
  private static func beginsWithEntry(_ head: [UInt8], isNative: Bool) -> Bool {
    let swapped = isNative && head.count > 6 && head[2] != 0
    var reader = BigEndianReader(head, at: 2)
    guard let size = reader.slice(4), let count = reader.slice(2), let length = reader.slice(2)
    else { return false }
    func value(_ field: ArraySlice<UInt8>) -> Int {
      (swapped ? Array(field.reversed()) : Array(field)).reduce(0) { $0 << 8 | Int($1) }
    }
    // What was deleted has a negative size, and what it held is still there.
    if value(size) >= 1 << 31 { return true }
    return (1...16).contains(value(count)) && isName(reader.slice(value(length)))
      && value(size) > value(length)
  }

  /// A kind, the number of parts, and the realm.
  private static func beginsWithPrincipal(_ reader: BigEndianReader) -> Bool {
    var reader = reader
    guard reader.skip(4), let count = reader.number(4), (1...16).contains(count) else {
      return false
    }
    return isName(reader.counted(4))
  }

  private static func isName(_ bytes: ArraySlice<UInt8>?) -> Bool {
    guard let bytes, (1...255).contains(bytes.count) else { return false }
    return bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }
}
