import Foundation

/// A small text file's contents.
///
/// - Parameters:
///   - limit: the most bytes that it may have.
///   - what: what the file is, for the error.
func readText(_ path: String, limit: Int, what: String) throws(SettingsError) -> String {
    func failure(_ problem: String) -> SettingsError {
        SettingsError(problems: ["\(what) \(path): \(problem)"])
    }
    guard let handle = FileHandle(forReadingAtPath: path) else {
        throw failure("can't be opened; check the path and its permissions")
    }
    defer { try? handle.close() }
    let data: Data
    do {
        data = try handle.read(upToCount: limit + 1) ?? Data()
    } catch {
        throw failure("can't be read; check that it is a file")
    }
    guard data.count <= limit else { throw failure("is over \(limit) bytes; this must be another file") }
    guard let text = String(bytes: data, encoding: .utf8) else { throw failure("is not UTF-8 text") }
    return text
}

/// Whether a file is there and may be read.
func isReadableFile(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    return exists && !isDirectory.boolValue && FileManager.default.isReadableFile(atPath: path)
}
