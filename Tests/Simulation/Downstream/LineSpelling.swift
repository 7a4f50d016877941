/// How a producer spells an invoice line: mostly as the others do.
struct LineSpelling {
    /// Equal for spellings that are not to be told from each other.
    var name: String
    var invoice: String
    /// With the comma before it; empty where none is named.
    var subscription: String
    private var isCapital = false

    func service(_ id: String) -> String { isCapital ? id.uppercased() : id }

    static func draw(line: String, using random: inout SeededRandom) -> LineSpelling {
        let invoice = "INV-\(line)"
        func named(_ name: String) -> String { ",\"subscription_id\":\"\(name)\"" }
        var spelling = LineSpelling(name: "plain", invoice: invoice, subscription: named("sub-\(line)"))
        guard random.chance(0.3) else { return spelling }
        switch random.number(0...7) {
        case 0: spelling.invoice = "  \(invoice)\u{A0}"
        case 1: spelling.subscription = named("\u{200B}sub-\(line) ")
        case 2: (spelling.name, spelling.invoice) = ("small", "inv-\(line)")
        case 3: (spelling.name, spelling.invoice) = ("dash", "INV\u{2011}\(line)")
        case 4: (spelling.name, spelling.invoice) = ("unseen", "I\u{200B}NV-\(line)")
        case 5: (spelling.name, spelling.subscription) = ("wide", named("ｓｕｂ-\(line)"))
        case 6: (spelling.name, spelling.isCapital) = ("capital", true)
        default: (spelling.name, spelling.subscription) = ("none", "")
        }
        return spelling
    }
}
