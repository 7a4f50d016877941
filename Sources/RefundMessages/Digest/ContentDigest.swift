public import RefundPolicy

/// Stands for what a request says, once the request itself is no longer stored: equal for requests whose fields that the
/// contract names have the same values (§ 3, `request_id_conflict`), and for no others that anyone could make.
public struct ContentDigest: Hashable, Sendable {
    /// 32 bytes: SHA-256 of the request's canonical form.
    public let bytes: [UInt8]

    public static let size = 32

    /// For whoever has kept the bytes; `nil` when they are not as many.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == ContentDigest.size else { return nil }
        self.bytes = bytes
    }

    public init(of request: RefundRequest) {
        bytes = SHA256.digest(of: request.canonicalForm)
    }
}

extension ContentDigest: CustomStringConvertible {
    /// 64 digits, as `sha256sum` writes them.
    public var description: String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// Reads `description`.
    init?(hexadecimal text: String) {
        let digits = Array(text.utf8)
        guard digits.count == ContentDigest.size * 2 else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[start..<start + 2], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        self.init(bytes)
    }
}

extension RefundRequest {
    /// Every field that the contract names, in its order, absent ones left out. Stores keep digests of it: what it gives
    /// for a request must never change, so a field that the contract gains goes to the end, and only where it is set.
    var canonicalForm: [UInt8] {
        var writer = JSONWriter(capacity: 768)
        writer.beginObject()
        writer.string("request_id", id.text)
        writer.string("kind", kind.rawValue)
        writer.integer("submitted_at", submittedAt.microsecondsSinceEpoch)
        writer.string("order_number", ifPresent: orderNumber)
        writer.string("service", service.id)
        writer.string("subscription", ifPresent: service.subscriptionID)
        writer.values("customer", of: customer)
        writer.object("invoice") { writer in
            writer.string("number", invoice.number)
            writer.string("issued_on", invoice.issuedOn.description)
            writer.integer("paid", invoice.paid.minorUnits)
            writer.string("currency", invoice.paid.currency.code)
            writer.string("proof", ifPresent: invoice.proofOfPayment)
        }
        if let usage {
            writer.object("usage") { writer in
                writer.string("unit", ifPresent: usage.unit)
                writer.number("included", usage.included)
                writer.number("remaining", usage.remaining)
            }
        }
        if let term {
            writer.object("term") { writer in
                writer.string("starts_on", term.startsOn.description)
                writer.string("ends_on", term.endsOn.description)
            }
        }
        writer.values("payment_method", of: paymentMethod)
        writer.string("dispute", dispute.rawValue)
        if let total = invoice.total {
            writer.object("total") { writer in
                writer.integer("amount", total.minorUnits)
                writer.string("currency", total.currency.code)
            }
        }
        writer.string("country", ifPresent: traits.country)
        if let isConsumer = traits.isConsumer { writer.boolean("consumer", isConsumer) }
        writer.string("segment", ifPresent: traits.segment)
        writer.string("concluded_on", ifPresent: concludedOn?.description)
        writer.endObject()
        return writer.bytes
    }
}

extension JSONWriter {
    /// The named members of an object that is handed on, by their places; they are canonical JSON already.
    fileprivate mutating func values(_ name: StaticString, of object: PassedThrough?) {
        guard let object else { return }
        self.name(name)
        beginArray()
        for value in object.named { string(value ?? "") }
        endArray()
    }
}
