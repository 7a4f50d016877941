import Foundation

/// A file with this text in a place of its own.
func temporaryFile(_ text: String) throws -> String {
    let path = FileManager.default.temporaryDirectory.appending(path: "refund-test-\(UUID().uuidString)").path
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
}

func removeFile(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
}
