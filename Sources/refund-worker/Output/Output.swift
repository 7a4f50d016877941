import Foundation
import RefundMessages
import RefundService

/// Standard output for what was asked for, standard error for everything else. The only ways there, and whatever goes them
/// is safe for a terminal (`VisibleText`), wherever its parts came from.
enum Output {
    /// One line.
    static func line(_ text: String) {
        writeWhole(VisibleText.line(text) + "\n", to: STDOUT_FILENO)
    }

    /// A text of ours with lines of its own, such as a document; without line ends at its end.
    static func text(_ text: String) {
        writeWhole(VisibleText.lines(trimmedEnd(text)) + "\n", to: STDOUT_FILENO)
    }

    /// One JSON object on a line of its own.
    static func json(_ members: (inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        writer.beginObject()
        members(&writer)
        writer.endObject()
        json(writer.bytes)
    }

    /// One JSON text on a line of its own.
    static func json(_ bytes: [UInt8]) {
        writeWhole(VisibleText.json(String(decoding: bytes, as: UTF8.self)) + "\n", to: STDOUT_FILENO)
    }

    /// What went wrong, each line under the program's name.
    static func problem(_ text: String) {
        for line in text.split(separator: "\n") { problemLine("refund-worker: \(line)") }
    }

    static func problemLine(_ text: String) {
        StandardError.write(VisibleText.line(text) + "\n")
    }

    /// How to use a command, with lines of its own.
    static func problemText(_ text: String) {
        StandardError.write(VisibleText.lines(text) + "\n")
    }

    /// On a terminal: writes over the line that the cursor stands in.
    static func overwriteLine(_ text: String) {
        StandardError.write("\r\u{1B}[K\(VisibleText.line(text))")
    }

    static let errorsGoToTerminal = isatty(STDERR_FILENO) == 1

    private static func trimmedEnd(_ text: String) -> String {
        var text = text
        while text.hasSuffix("\n") { text.removeLast() }
        return text
    }
}
