/// Makes texts of strangers safe to look at: the one place where that is decided, for the log, tables, errors, JSON that a
/// person reads, and pages.
///
/// A terminal acts on control characters, and whatever turns the direction of writing, joins, or takes no room lets one text
/// pass for another. What stays is what a reader sees.
public enum VisibleText {
    /// One line: what can't be seen becomes a dot, line ends and tabs included.
    public static func line(_ text: String) -> String {
        replacing(text, keeping: { _ in false }, by: { _ in "·" })
    }

    /// The same where lines are meant: line feeds and tabs stay.
    public static func lines(_ text: String) -> String {
        replacing(text, keeping: { $0 == "\n" || $0 == "\t" }, by: { _ in "·" })
    }

    /// JSON text of any writer's on one line, with escapes for what can't be seen: it says the same. Such characters stand in
    /// strings alone, but for the white space between values, which becomes spaces.
    public static func json(_ json: String) -> String {
        replacing(json, keeping: { _ in false }, by: { $0.value < 0x20 ? " " : escape($0) })
    }

    /// The value of a `key=value` pair in a line of text: as it is where nothing in it could end it, else in quotes and
    /// escaped, so that no value can pass for another pair or another line.
    public static func field(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy { $0 != " " && $0 != "\"" && $0 != "\\" && $0 != "=" && !isHidden($0) }
        guard !isPlain else { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            default: if isHidden(scalar) { quoted += escape(scalar) } else { quoted.unicodeScalars.append(scalar) }
            }
        }
        return quoted + "\""
    }

    /// Whether a reader would not see that it is there, or a terminal would act on it: controls (C0, DEL, C1), line and
    /// paragraph separators, format characters (directions, joiners, tags), what Unicode lets programs ignore (variation
    /// selectors, fillers), and what has no look of its own (private use, unassigned, the blank braille pattern).
    public static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        if (0x20..<0x7F).contains(scalar.value) { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return true
        default: return scalar.properties.isDefaultIgnorableCodePoint || scalar.value == 0x2800
        }
    }

    private static func replacing(
        _ text: String, keeping: (Unicode.Scalar) -> Bool, by replacement: (Unicode.Scalar) -> String
    ) -> String {
        // Nearly every text is visible ASCII.
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isHidden(scalar), !keeping(scalar) {
                shown.append(contentsOf: replacement(scalar).unicodeScalars)
            } else {
                shown.append(scalar)
            }
        }
        return String(shown)
    }

    /// `\u202e`; beyond the first plane the two halves of JSON's pair.
    private static func escape(_ scalar: Unicode.Scalar) -> String {
        UTF16.encode(scalar).map { units in
            units.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
        } ?? ""
    }
}
