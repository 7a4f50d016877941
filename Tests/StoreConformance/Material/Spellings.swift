/// One line, spelled in sixteen ways: what a system or a person writes for it.
enum Spellings {
    static let plain = RequestText("rr-line", invoice: "INV-77-É").with(\.service, "Setup-fee").with(
        \.subscription, "sub-1")

    /// Each under an id of its own; the first is the plain one.
    static var sixteen: [RequestText] {
        let ways: [(RequestText) -> RequestText] = [
            { $0 },
            // Not to be told from the plain one: what is around an identifier is no part of it.
            { $0.with(\.invoice, " INV-77-É  ") }, { $0.with(\.service, "\u{A0}Setup-fee\u{A0}") },
            { $0.with(\.subscription, "sub-1\u{200B}") },
            // Case, composition, width, what can't be seen, dashes, and blanks.
            { $0.with(\.invoice, "inv-77-é") }, { $0.with(\.service, "SETUP-FEE") },
            { $0.with(\.invoice, "INV-77-E\u{301}") }, { $0.with(\.invoice, "INV-\u{200B}77-É") },
            { $0.with(\.invoice, "INV-７７-É") }, { $0.with(\.service, "Setup\u{2011}fee") },
            { $0.with(\.subscription, "ｓｕｂ-1") }, { $0.with(\.service, "Setup-f\u{2060}ee") },
            { $0.with(\.invoice, "INV-7\u{AD}7-É") }, { $0.with(\.subscription, "sub-\u{2460}") },
            // Not the same line for sure, and not another one for sure.
            { $0.with(\.subscription, nil) }, { $0.with(\.service, "support") },
        ]
        return ways.enumerated().map { place, way in
            way(plain).with(\.id, "rr-\(place)").with(\.proof, "https://files.example.com/p/77.pdf")
        }
    }

    /// How many of them are not to be told from the plain one.
    static let alike = 4
}
