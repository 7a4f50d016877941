import Foundation

/// A file that holds the value of one setting and nothing else, such as a URL with its password: how service managers
/// and containers hand over secrets.
struct SecretFile {
    let path: String
    /// Without the line's end that an editor leaves.
    let text: String
    /// Every user of the machine may read it.
    let isOpen: Bool

    /// How large it may be.
    static let maximumSize = 16_384

    /// - Parameter place: what names the file, for the error.
    /// - Throws: `SettingsError` when it can't be read, is larger, or is no text.
    init(path: String, namedBy place: String) throws(SettingsError) {
        // The URL itself in the place of its file's name: its password belongs into no error.
        guard !path.contains("://") else {
            throw SettingsError(problems: [
                "\(place): this is a URL, and not the path of the file that holds it; write it into a file, or set "
                    + "the name without _file"
            ])
        }
        var text = try readText(path, limit: SecretFile.maximumSize, what: "\(place): the file")
        if text.hasSuffix("\r\n") || text.hasSuffix("\n") { text.removeLast() }
        self.path = path
        self.text = text
        isOpen = SecretFile.isOpen(path)
    }

    /// Whether every user of the machine may read a file.
    static func isOpen(_ path: String) -> Bool {
        let mode = (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? NSNumber
        return (mode?.intValue ?? 0) & 0o004 != 0
    }
}
