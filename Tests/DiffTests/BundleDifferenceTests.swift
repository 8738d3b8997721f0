import Testing

@testable import Diff

struct BundleDifferenceTests {
  typealias Entry = BundleDescription.Entry

  private func file(
    _ path: String, _ size: UInt64 = 1, digest: String = "a", mode: UInt16 = 0o644,
    owner: String? = nil, isClosure: Bool = false, library: String? = nil, reason: String? = nil
  ) -> Entry {
    Entry(
      path: path, kind: .file, mode: mode, owner: owner, size: size, digest: digest,
      reason: reason, isClosure: isClosure, library: library)
  }

  private func changes(_ old: [Entry], _ new: [Entry]) -> [String] {
    BundleDifference(
      from: BundleDescription(entries: old), to: BundleDescription(entries: new)
    ).changes.map { "\($0.kind.rawValue) \($0.path)" }
  }

  @Test func `paths are added, removed or changed, and what is loaded comes first`() {
    let old = [file("/a"), file("/b"), file("/lib/x.so", isClosure: true)]
    let new = [file("/b", 2), file("/c"), file("/lib/x.so", digest: "b", isClosure: true)]
    #expect(changes(old, new) == ["changed /lib/x.so", "removed /a", "changed /b", "added /c"])
    #expect(changes(old, old).isEmpty)
  }

  @Test func `what makes a path another one`() {
    let link = Entry(path: "/a", kind: .symlink, mode: 0o777, target: "x")
    let others = [
      file("/a", 2), file("/a", digest: "b"), file("/a", mode: 0o755), link,
      Entry(path: "/a", kind: .directory, mode: 0o644),
    ]
    for other in others { #expect(changes([file("/a")], [other]) == ["changed /a"]) }
    let otherLink = Entry(path: "/a", kind: .symlink, mode: 0o777, target: "y")
    #expect(changes([link], [otherLink]) == ["changed /a"])
  }

  @Test func `what one side doesn't say is no difference, and neither is the reason`() {
    #expect(changes([file("/a", owner: "0:0")], [file("/a")]).isEmpty)
    #expect(changes([file("/a", owner: "0:0")], [file("/a", owner: "1:0")]) == ["changed /a"])
    #expect(changes([file("/a", reason: "x")], [file("/a", reason: "y")]).isEmpty)
  }

  @Test func `a library is one by its name, wherever its file lies`() {
    let old = BundleDescription(entries: [
      file("/usr/lib/libx.so.1.2", 100, isClosure: true, library: "libx.so.1"),
      file("/usr/lib/liby.so", 10, isClosure: true, library: "liby.so"),
      file("/usr/lib/libz.so", 10, isClosure: true, library: "libz.so"),
    ])
    let new = BundleDescription(entries: [
      file("/usr/lib/libx.so.1.3", 120, isClosure: true, library: "libx.so.1"),
      file("/usr/lib/liby.so", 10, isClosure: true, library: "liby.so"),
      file("/usr/lib/libnew.so", 50, isClosure: true, library: "libnew.so"),
    ])
    let difference = BundleDifference(from: old, to: new)
    #expect(
      difference.libraries == [
        .init(name: "libnew.so", oldSize: nil, newSize: 50),
        .init(name: "libx.so.1", oldSize: 100, newSize: 120),
        .init(name: "libz.so", oldSize: 10, newSize: nil),
      ])
    #expect(difference.oldSize == 120 && difference.newSize == 180)
  }

  @Test func `settings count where both sides are images`() {
    func image(_ settings: [(String, String)]?) -> BundleDescription {
      BundleDescription(
        entries: [], settings: settings?.map { BundleDescription.Setting($0.0, $0.1) })
    }
    let difference = BundleDifference(
      from: image([("User", ""), ("Env A", "1"), ("Env B", "2")]),
      to: image([("User", "app"), ("Env A", "1"), ("Env C", "3")]))
    #expect(
      difference.settings == [
        .init(name: "User", old: "", new: "app"), .init(name: "Env B", old: "2", new: nil),
        .init(name: "Env C", old: nil, new: "3"),
      ])
    #expect(BundleDifference(from: image(nil), to: image([("User", "app")])).isEmpty)
  }

  @Test func `platforms are compared by name, and two that are alone whatever theirs`() {
    let amd = BundleDescription(platform: "linux/amd64", entries: [file("/a")])
    let arm = BundleDescription(platform: "linux/arm64", entries: [file("/a"), file("/b")])
    let both = BundleDifference.all(from: [amd, arm], to: [arm])
    #expect(both.map(\.platform) == ["linux/amd64", "linux/arm64"])
    #expect(both.map { $0.changes.map(\.kind) } == [[.removed], []])
    let alone = BundleDifference.all(from: [amd], to: [arm])
    #expect(alone.map(\.platform) == [nil] && alone[0].changes.count == 1)
  }
}
