/// Passwords for MySQL as `mysql_config_editor` obscures them: four zero bytes, a key of 20 bytes below 32,
/// and pieces of encrypted text with their lengths before them.
///
/// Source: MySQL `client/mysql_config_editor.cc`, `mysys_ssl/my_default.cc`.
enum ObscuredLogin {
  private static let rule = SecretRule(name: "mylogin", what: "passwords for MySQL")

  static func rule(of head: [UInt8], size: UInt64) -> SecretRule? {
    guard head.count >= 28, head[..<4].allSatisfy({ $0 == 0 }),
      head[4..<24].allSatisfy({ $0 < 32 }), head[4..<24].contains(where: { $0 != 0 })
    else { return nil }
    // The byte order of the machine, which is nearly always this one.
    let length = head[24..<28].reversed().reduce(0) { $0 << 8 | Int($1) }
    return length > 0 && length % 16 == 0 && 28 + UInt64(length) <= size ? rule : nil
  }
}
