package import FileTree

/// The user that an image's program runs as.
package struct PlannedUser: Hashable, Sendable {
  /// A valid user name: it can't end a line or a field of `passwd(5)`.
  package let name: ByteString
  package let uid: UInt32
  package let gid: UInt32

  package init(name: ByteString, uid: UInt32, gid: UInt32) {
    self.name = name
    self.uid = uid
    self.gid = gid
  }

  /// The lines of an `/etc/passwd` with root and this user, and nobody of the host; passwd(5).
  var passwd: ByteString {
    let root: ByteString = "root:x:0:0:root:/root:/sbin/nologin\n"
    let home: ByteString = name == "root" ? "/root" : "/"
    let own = name + ByteString(":x:\(uid):\(gid):") + name + ":" + home + ":/sbin/nologin\n"
    return name == "root" ? own : root + own
  }

  /// The lines of an `/etc/group` with root's group and this user's; group(5).
  var group: ByteString {
    let root: ByteString = "root:x:0:\n"
    // A number has one name.
    return gid == 0 ? root : (name == "root" ? "" : root) + name + ByteString(":x:\(gid):\n")
  }
}
