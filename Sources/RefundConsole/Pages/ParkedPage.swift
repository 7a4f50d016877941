internal import RefundMessages
internal import RefundPolicy
internal import RefundService
internal import RefundWorker

func parkedPage(_ parked: [ParkedMessage], for viewer: Viewer) -> HTML {
    page("Parked messages", in: .now, for: viewer) {
        tag("p", .class("hint")) {
            "They wait in the store for their request, or for something to be mended. They are tried again with growing "
            "waits, and become dead letters in the end."
        }
        if parked.isEmpty {
            tag("p", .class("empty")) { "Nothing is parked." }
        } else {
            parkedTable(parked, viewer.now)
        }
    }
}

func parkedTable(_ parked: [ParkedMessage], _ now: Instant) -> HTML {
    table(
        "Parked messages",
        [
            Column("Request"), Column("Message"), Column("Since"), Column("Tries", isNumeric: true), Column("Why"),
            Column("Next"),
        ],
        parked.map { message in
            let standing = message.standing
            return [
                message.delivery.requestID.map { id in link(Link("cases", id.text)) { code(id.text) } } ?? HTML("–"),
                code(message.delivery.type?.rawValue ?? "–"),
                time(message.parkedAt, from: now), HTML("\(standing.attempts)"),
                code(standing.code) + HTML(" \(standing.detail)"),
                standing.deadAt == nil ? time(standing.nextAt, from: now) : HTML("to refund.dead"),
            ]
        })
}
