import Foundation

/// Texts that a stranger may send: for a terminal, for a reader's eye, and for a line of a log.
enum HostileText {
    /// Clears the screen and sets the title, turns the direction, hides, ends the line and forges another.
    static let marks =
        "\u{1B}[2J\u{1B}]0;pwned\u{7}\u{9B}31m\u{202E}txt\u{202C}\u{2066}x\u{2069}"
        + "\u{200B}\u{200D}\u{FEFF}\u{AD}\u{7F}\u{85}\u{2028}\u{E0041}\u{3164}"

    static let line = "\r\n2022-02-22T09:30:00.000000Z notice   lane 1: payouts resumed by=boss"

    /// For identifiers, which may hold no C0 controls.
    static let identifier =
        "ID\u{9B}31m\u{202E}txt\u{202C}\u{200B}\u{200D}\u{FEFF}\u{AD}\u{85}\u{2028}\u{E0041}\u{3164}"

    /// Values that only those see who ask for them.
    static let secrets = [
        "hidden@example.com", "hidden-phone", "hidden-street", "pm_hidden", "4111111111111111", "hidden-member",
        "hidden-header", "files.example.com",
    ]

    /// A request with such texts wherever it may hold any, and with secrets under names that nobody has forbidden.
    static func request(_ id: String) -> [UInt8] {
        Requests.cancellation(id) { request in
            request["order_number"] = identifier
            request["service"] = [
                "id": "api\(identifier)", "subscription_id": "s-\(id)", "address": "hidden-street",
                "name": "x\(marks)\(line)",
            ]
            request["customer"] = [
                "id": "cus-77", "contact": "mailto:hidden@example.com", "email": "hidden@example.com",
                "phone": "hidden-phone", "locale": "en\(marks)", "country": "DE", "note": "x\(marks)\(line)",
                "address": ["street": "hidden-street"],
            ]
            request["invoice"] = [
                "number": "INV-\(id)", "issued_on": "2022-02-12", "paid": ["amount": "10.00", "currency": "USD"],
                "proof_of_payment": "https://files.example.com/p\(marks)",
            ]
            request["usage"] = ["unit": "u\(marks)\(line)", "included": 10_000, "remaining": 7_000]
            request["payment_method"] = [
                "type": "card", "token": "pm_hidden", "number": "4111111111111111", "last4": "1111",
            ]
            request["email"] = "hidden-member"
            request["dispute"] = "open"
        }
    }

    /// What a terminal acts on or a reader doesn't see, but for the ends of lines. Judged here by Foundation's own sets and a
    /// list, not by the project's code.
    static func hidden(in text: String) -> [String] {
        text.unicodeScalars.filter { scalar in
            guard scalar != "\n" else { return false }
            let value = scalar.value
            return value < 0x20 || (0x7F...0x9F).contains(value) || CharacterSet.controlCharacters.contains(scalar)
                || [0x2028, 0x2029, 0x3164, 0xAD, 0xFEFF].contains(value) || (0x200B...0x200F).contains(value)
                || (0x202A...0x202E).contains(value) || (0x2060...0x206F).contains(value)
                || (0xE0000...0xE0FFF).contains(value)
        }.map { "U+\(String($0.value, radix: 16))" }
    }
}
