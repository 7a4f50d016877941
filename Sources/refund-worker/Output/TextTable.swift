import RefundMessages

/// Columns that are as wide as what stands in them.
struct TextTable {
    private var rows: [[String]]
    private let indent: String

    init(_ header: String..., indent: Int = 0) {
        rows = [header]
        self.indent = String(repeating: " ", count: indent)
    }

    /// A table that is complete; each row has a cell for each column.
    init(_ columns: [String], rows: [[String]], indent: Int = 0) {
        self.rows = [columns] + rows.map { $0.map(VisibleText.line) }
        self.indent = String(repeating: " ", count: indent)
    }

    mutating func row(_ cells: String...) {
        rows.append(cells.map(VisibleText.line))
    }

    var isEmpty: Bool { rows.count == 1 }

    /// The lines, the header first; no white space at their ends.
    var lines: [String] {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = indent
            for (column, cell) in row.enumerated() {
                line += cell
                if column < row.count - 1 {
                    line += String(repeating: " ", count: widths[column] - cell.count + 2)
                }
            }
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }
}

/// A name and a value on each line, the values below each other.
struct FieldList {
    private var fields: [(name: String, value: String)] = []

    mutating func add(_ name: String, _ value: String?) {
        if let value { fields.append((VisibleText.line(name), VisibleText.line(value))) }
    }

    /// The lines, indented by two.
    var lines: [String] {
        let width = fields.map(\.name.count).max() ?? 0
        return fields.map { "  \($0.name)\(String(repeating: " ", count: width - $0.name.count + 2))\($0.value)" }
    }
}
