internal import FileTree

/// The drivers and data sources of unixODBC.
///
/// Source: unixODBC `DriverManager/SQLConnect.c` (`Driver` of `odbcinst.ini` is opened as it stands, so a
/// name without a slash is searched for), `odbcinst/_odbcinst_SystemINI.c`.
struct OdbcDrivers: NeedSource {
  private let topic = Topic("odbc")

  mutating func needs(of object: ObservedObject, in root: inout RootView) -> [RuntimeNeed] {
    guard object.name.hasPrefix("libodbc.so") else { return [] }
    // SYSTEM_FILE_PATH is a constant of the library.
    let texts = ObjectStrings(of: object, in: &root).paths
    let directory = texts.first { root.isFile($0 + "/odbcinst.ini") } ?? "/etc"
    let drivers = directory + "/odbcinst.ini"
    var needs: [RuntimeNeed] = []
    for entry in SectionedFile.entries(at: drivers, in: &root) {
      guard ["driver", "driver64"].contains(ConfigurationText.lowercased(entry.key)),
        !entry.value.isEmpty, entry.section != "ODBC Drivers", entry.section != "ODBC"
      else { continue }
      needs.append(
        topic.registered(
          .line(entry.line, of: drivers),
          [.library(names: [entry.value], caller: object.name), .path(drivers, at: nil)],
          isEssential: true, purpose: "a driver of ODBC"))
    }
    let sources = directory + "/odbc.ini"
    if root.isFile(sources) {
      needs.append(
        topic.registered(
          .host(object), [.path(sources, at: nil)], isEssential: true,
          purpose: "the data sources of ODBC"))
    }
    return needs
  }
}
