import Foundation
import RefundMessages
import RefundService

/// Standard output for what was asked for, standard error for everything else.
enum Output {
    static func line(_ text: String) {
        writeWhole(text + "\n", to: STDOUT_FILENO)
    }

    /// One JSON object on a line of its own.
    static func json(_ members: (inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        writer.beginObject()
        members(&writer)
        writer.endObject()
        line(String(decoding: writer.bytes, as: UTF8.self))
    }

    /// What went wrong, each line under the program's name.
    static func problem(_ text: String) {
        for line in text.split(separator: "\n") { problemLine("refund-worker: \(line)") }
    }

    static func problemLine(_ text: String) {
        problemText(text + "\n")
    }

    static func problemText(_ text: String) {
        writeWhole(text, to: STDERR_FILENO)
    }

    static let errorsGoToTerminal = isatty(STDERR_FILENO) == 1
}

/// Text of strangers made safe for a terminal: control characters are shown as dots.
func printable(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        line.append(isControl ? "·" : scalar)
    }
    return String(line)
}

/// A text without line ends at its end, for `Output.line`, which adds one.
func trimmedEnd(_ text: String) -> String {
    var text = text
    while text.hasSuffix("\n") { text.removeLast() }
    return text
}
