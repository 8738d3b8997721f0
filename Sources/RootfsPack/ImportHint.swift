internal import FileTree

/// The command that makes a container image of an archive and runs it, safe to paste into a shell.
struct ImportHint: CustomStringConvertible {
  let archive: String
  let program: RootPath?

  var description: String {
    let image = imageName
    guard let program else { return "docker import \(quote(archive)) \(image)" }
    let entrypoint = "ENTRYPOINT [\"\(escape(program.description))\"]"
    return "docker import -c \(quote(entrypoint, always: true)) \(quote(archive)) \(image)"
      + " && docker run --rm \(image)"
  }

  /// A repository name takes lower-case letters, digits and single separators between them.
  private var imageName: String {
    let name = (program?.name.description ?? "").lowercased()
    let words = name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return words.isEmpty ? "image" : words.joined(separator: "-")
  }

  /// JSON's escapes; control characters can't occur in a rendered path.
  private func escape(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
  }

  private func quote(_ text: String, always: Bool = false) -> String {
    let plain = text.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+:@%,=".contains($0))
    }
    return plain && !always ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
