import AMQPClient
import Foundation
import RefundMessages
import RefundPolicy
import RefundService

/// Requests of the bench: cancellations that are approved and make three messages, each for an invoice of its own.
struct BenchRequests: Sendable {
    /// Tells the requests of one load from those of others.
    let load: String
    let now: Instant
    let names: BrokerNames

    init(names: BrokerNames, now: Instant) {
        load = "\(UInt32.random(in: 0 ... .max))"
        self.now = now
        self.names = names
    }

    func id(_ number: Int) -> String { "rr-\(load)-\(number)" }

    /// The number of a request of this load.
    func number(ofRequest id: String) -> Int? {
        let parts = id.split(separator: "-")
        return parts.count == 3 && parts[1] == load ? Int(parts[2]) : nil
    }

    /// As the contract's example, without white space.
    func body(_ number: Int) -> [UInt8] {
        let id = id(number)
        return Array(
            """
            {"request_id":"\(id)","kind":"cancellation","submitted_at":"\(now)","order_number":"ORD-\(id)",\
            "service":{"id":"api-requests","subscription_id":"sub-9"},\
            "customer":{"id":"cus-77","contact":"mailto:a@example.com","locale":"en"},\
            "invoice":{"number":"INV-\(id)","issued_on":"\(now.dateInUTC)",\
            "paid":{"amount":"10.00","currency":"USD"},"proof_of_payment":"https://files.example.com/p/\(id).pdf"},\
            "usage":{"unit":"request","included":10000,"remaining":7000},\
            "payment_method":{"type":"card","token":"pm_1"},"dispute":"none"}
            """.utf8)
    }

    func message(_ number: Int) -> OutgoingMessage {
        message(.requested, by: names.intake, id: id(number), body: body(number))
    }

    func messages(_ count: Int) -> some Sequence<OutgoingMessage> {
        (0..<count).lazy.map(message)
    }

    /// That both commands of each request have succeeded.
    func replies(_ count: Int) -> some Sequence<OutgoingMessage> {
        (0..<count * 2).lazy.map { place in
            let isRevocation = place % 2 == 0
            let command = "\(id(place / 2))/\(isRevocation ? "revoke" : "payout")"
            let body = """
                {"command_id":"\(command)","idempotency_key":"\(command)#1","occurred_at":"\(now)","reference":"r-1"}
                """
            return message(
                .succeeded, by: isRevocation ? names.access : names.payout, id: "\(command)#1/reply",
                body: Array(body.utf8))
        }
    }

    private func message(
        _ type: InboundType, by exchange: String, id: String, body: [UInt8]
    ) -> OutgoingMessage {
        var properties = Properties()
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        properties.messageID = id
        properties.type = type.rawValue
        return OutgoingMessage(
            exchange: exchange, routingKey: type.rawValue, mandatory: true, properties: properties, body: body)
    }
}
