internal import FileTree

/// Tells secrets by what is in a file, whatever it is called.
///
/// Programs aren't searched, and of a large file only its beginning is.
enum SecretContent {
  /// In bytes: for what a file begins with.
  private static let headSize = 4096
  /// In bytes: no key or store is larger, and no text file with a key in it is looked through to its end.
  private static let wholeLimit: UInt64 = 1 << 20
  /// In bytes; tokens stand in small files.
  private static let tokenLimit: UInt64 = 1 << 16

  /// What a file is a secret by; nil for none, or if it can't be read, which is told by whoever copies it.
  ///
  /// - Parameters:
  ///   - path: physical.
  ///   - isVendors: whether a package brought it: somebody's token isn't there, and there is much to search.
  static func rule(
    at path: RootPath, _ status: FileStatus, in tree: any FileTree, isVendors: Bool
  ) -> SecretRule? {
    guard status.kind == .regular, status.size > 0, let file = try? tree.open(path) else {
      return nil
    }
    return rule(of: file, named: path.name, isVendors: isVendors)
  }

  private static func rule(
    of file: borrowing OpenFile, named name: ByteString, isVendors: Bool
  ) -> SecretRule? {
    guard let head = try? file.read(at: 0, count: headSize), !head.starts(with: elfMagic) else {
      return nil
    }
    if let rule = binaryRule(head, of: file, name) { return rule }
    guard !head.contains(0), let text = beginning(of: file, head) else { return nil }
    return SecretText.rule(of: text, onlyBlocks: isVendors || file.size > tokenLimit)
  }

  private static let elfMagic: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]

  private static func binaryRule(
    _ head: [UInt8], of file: borrowing OpenFile, _ name: ByteString
  ) -> SecretRule? {
    if let rule = MagicTable.rule(of: head) ?? KerberosFiles.rule(of: head, name: name.bytes)
      ?? ObscuredLogin.rule(of: head, size: file.size)
    {
      return rule
    }
    if SecretDatabase.isOne(head) {
      return beginning(of: file, head).flatMap(SecretDatabase.rule)
    }
    if head[0] == DerValue.Tag.sequence {
      let end = name.bytes.suffix(4).map { $0 | 0x20 }
      let isStore = [".p12", ".pfx"].contains { end.elementsEqual($0.utf8) }
      return wholeRule(head, of: file) { PrivateKeyShape.rule(of: $0, isStore: isStore) }
    }
    if JavaKeyStore.isOne(head) { return wholeRule(head, of: file, JavaKeyStore.rule) }
    if SshWireKey.isOne(head) { return wholeRule(head, of: file, SshWireKey.rule) }
    if OpenPGPPackets.isKeyBox(head) {
      return wholeRule(head, of: file) {
        OpenPGPPackets.keyBoxHolds($0) ? OpenPGPPackets.rule : nil
      }
    }
    guard OpenPGPPackets.isOne(head) else { return nil }
    return wholeRule(head, of: file) { OpenPGPPackets.hold($0[...]) ? OpenPGPPackets.rule : nil }
  }

  private static func wholeRule(
    _ head: [UInt8], of file: borrowing OpenFile, _ rule: ([UInt8]) -> SecretRule?
  ) -> SecretRule? {
    beginning(of: file, head).flatMap(rule)
  }

  /// As much of a file as is looked at; what was read of it isn't read again.
  private static func beginning(of file: borrowing OpenFile, _ head: [UInt8]) -> [UInt8]? {
    guard file.size > UInt64(head.count) else { return head }
    let count = Int(min(file.size, wholeLimit)) - head.count
    guard let rest = try? file.read(at: UInt64(head.count), count: count) else { return nil }
    return head + rest
  }
}
