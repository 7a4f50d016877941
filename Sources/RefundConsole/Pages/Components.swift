internal import RefundCase
internal import RefundPolicy
internal import RefundService

// What several pages are made of. Nothing here is told by colour alone: each mark has its word.

/// A case's status, or that of a promise.
func pill(_ word: String, _ kind: Tone) -> HTML {
    tag("span", .class("pill \(kind.rawValue)")) { word }
}

/// How much something asks to be looked at.
enum Tone: String {
    case plain, good, waiting, warning, bad
}

extension CaseStatus {
    /// As pages write it.
    var title: String {
        switch self {
        case .inReview: "in review"
        case .attention: "needs attention"
        default: rawValue
        }
    }

    var tone: Tone {
        switch self {
        case .settled: .good
        case .approved: .waiting
        case .inReview: .warning
        case .attention: .bad
        case .rejected, .withdrawn: .plain
        }
    }

    var pill: HTML { RefundConsole.pill(title, tone) }
}

extension Deadlines.Standing {
    var pill: HTML {
        switch self {
        case .pending: RefundConsole.pill("open", .plain)
        case .atRisk: RefundConsole.pill("at risk", .warning)
        case .missed: RefundConsole.pill("missed", .bad)
        case .met: RefundConsole.pill("kept", .good)
        }
    }
}

/// A time in UTC, which the script completes by that of the reader's clock.
func time(_ instant: Instant) -> HTML {
    tag("time", Attribute("datetime", instant.description), .class("instant")) {
        instant.shortText
        tag("span", .class("zone")) { " UTC" }
    }
}

/// A time to the second.
func exactTime(_ instant: Instant) -> HTML {
    let text = instant.description
    return tag("time", Attribute("datetime", text), .class("instant exact")) {
        "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))"
        tag("span", .class("zone")) { " UTC" }
    }
}

/// A time, and how far off it is.
func time(_ instant: Instant, from now: Instant) -> HTML {
    time(instant) + tag("span", .class("distance")) { instant.distance(from: now) }
}

/// An amount whose digits stand below those of others.
func money(_ amount: Money) -> HTML {
    tag("span", .class("money")) {
        tag("span", .class("amount")) { grouped(amount.decimal) }
        " "
        tag("span", .class("currency")) { amount.currency.code }
    }
}

/// `1234567.00` as `1 234 567.00`, with spaces that neither break nor get copied into a wrong number's place.
func grouped(_ decimal: String) -> String {
    let sides = decimal.split(separator: ".", maxSplits: 1)
    let digits = Array(sides.first ?? "")
    var whole = ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { whole.append("\u{202F}") }
        whole.append(digit)
    }
    return sides.count > 1 ? "\(whole).\(sides[1])" : whole
}

func number(_ count: Int) -> HTML {
    tag("span", .class("number")) { grouped("\(count)") }
}

/// `1 case`, `2 cases`.
func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    "\(grouped("\(count)")) \(count == 1 ? one : many ?? one + "s")"
}

/// A text that is somebody's own: an id, a code, a name.
func code(_ text: String) -> HTML {
    tag("code") { text }
}

/// Names with what they are.
func facts(_ facts: [(name: String, value: HTML?)]) -> HTML {
    tag("dl", .class("facts")) {
        for case (let name, let value?) in facts {
            tag("div") {
                tag("dt") { name }
                tag("dd") { value }
            }
        }
    }
}

/// A column of a table.
struct Column {
    let title: String
    /// Figures stand to the right, below each other.
    let isNumeric: Bool

    init(_ title: String, isNumeric: Bool = false) {
        self.title = title
        self.isNumeric = isNumeric
    }
}

/// A table; where there is no room for columns, each row stands as a list, its cells under the columns' names.
func table(_ caption: String, _ columns: [Column], _ rows: [[HTML]]) -> HTML {
    tag("table", .class("rows")) {
        tag("caption", .class("unseen")) { caption }
        tag("thead") {
            tag("tr") {
                for column in columns {
                    tag("th", Attribute("scope", "col"), column.isNumeric ? .class("numeric") : nil) { column.title }
                }
            }
        }
        tag("tbody") {
            for row in rows { tableRow(columns, row) }
        }
    }
}

private func tableRow(_ columns: [Column], _ cells: [HTML]) -> HTML {
    tag("tr") {
        for (column, cell) in zip(columns, cells) {
            tag("td", Attribute("data-label", column.title), column.isNumeric ? .class("numeric") : nil) { cell }
        }
    }
}

/// Something to be noticed, with a word for what kind of thing it is.
func notice(_ tone: Tone, _ heading: String, @MarkupBuilder content: () -> HTML) -> HTML {
    tag("div", .class("notice \(tone.rawValue)"), Attribute("role", tone == .bad ? "alert" : "status")) {
        tag("p", .class("heading")) { heading }
        content()
    }
}

/// A part of a page under its own heading.
func section(_ heading: String, id: String, live: Bool = false, @MarkupBuilder content: () -> HTML) -> HTML {
    tag(
        "section", .id(id), Attribute("aria-labelledby", "\(id)-heading"), live ? Attribute("data-live", id) : nil
    ) {
        tag("h2", .id("\(id)-heading")) { heading }
        content()
    }
}

/// The part of a form that says it came from a page of ours.
func proof(_ viewer: Viewer) -> HTML {
    mark("input", Attribute("type", "hidden"), Attribute("name", "csrf"), Attribute("value", viewer.csrf))
}

/// Who asks for what is masked: without a name nobody is told of it in the log.
func askingName(_ viewer: Viewer) -> HTML {
    tag("label", .class("asking")) {
        "Your name "
        mark(
            "input", Attribute("name", "by"), Attribute("value", viewer.name), Attribute("maxlength", "200"),
            Attribute("autocomplete", "name"), Attribute("required"))
        " "
    }
}

func hidden(_ name: String, _ value: String) -> HTML {
    mark("input", Attribute("type", "hidden"), Attribute("name", name), Attribute("value", value))
}
