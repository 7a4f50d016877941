internal import RefundCase
internal import RefundPolicy
internal import RefundService
internal import RefundWorker

/// The cases that wait for people.
struct ReviewModel: Sendable {
    /// The most urgent first; those that owe nothing any more come last.
    var cases: [ListedCase]
    var isCut: Bool

    static let limit = 100

    /// All that wait.
    init(all: [ListedCase]) {
        cases = all.sorted { left, right in
            let far = Instant(microsecondsSinceEpoch: .max)
            return (left.refundCase.listedDeadline ?? far, left.id.number)
                < (right.refundCase.listedDeadline ?? far, right.id.number)
        }
        isCut = false
    }

    /// The first of more.
    init(mostUrgent: [ListedCase]) {
        cases = mostUrgent
        isCut = true
    }
}

func reviewPage(_ model: ReviewModel, for viewer: Viewer) -> HTML {
    page("Review and attention", in: .review, for: viewer, live: Section.review.link.text) {
        section("By deadline", id: "queue", live: true) {
            if model.cases.isEmpty {
                tag("p", .class("empty")) { "Nothing waits for a person." }
            } else {
                queue(model.cases, viewer)
            }
            if model.isCut { tag("p", .class("hint")) { "These are the \(ReviewModel.limit) most urgent." } }
        }
    }
}

private func queue(_ cases: [ListedCase], _ viewer: Viewer) -> HTML {
    tag("ol", .class("cards")) {
        for listed in cases { tag("li") { card(listed.refundCase, viewer) } }
    }
}

private func card(_ refundCase: RefundCase, _ viewer: Viewer) -> HTML {
    let id = refundCase.id.text
    return tag("article", .class("card"), .label("Case \(id)")) {
        tag("h3") {
            link(Link("cases", id)) { code(id) }
            refundCase.state.status.pill
        }
        facts([
            ("Due", refundCase.listedDeadline.map { time($0, from: viewer.now) }),
            ("At stake", money(refundCase.state.fulfilment?.refund ?? refundCase.request.invoice.paid)),
            ("Why", why(refundCase)),
        ])
        if !viewer.isReadOnly {
            tag("p", .class("actions")) {
                for action in PersonAction.fitting(refundCase) {
                    link(Link("cases", id, action.rawValue), .class("button"), .label("\(action.title) \(id)")) {
                        "\(action.title)…"
                    }
                }
            }
        }
    }
}

private func why(_ refundCase: RefundCase) -> HTML {
    guard let fulfilment = refundCase.state.fulfilment else {
        return tag("span") {
            for reason in refundCase.decision.reasons {
                tag("span", .class("reason")) {
                    code(reason.name)
                    " \(reason.message(for: refundCase.request, under: refundCase.policy, as: refundCase.decision.outcome))"
                }
            }
        }
    }
    return tag("span") {
        for command in fulfilment.commands where !command.isDone {
            tag("span", .class("reason")) {
                code(command.kind.rawValue)
                " \(command.lastReply == "–" ? "no reply" : command.lastReply)"
            }
        }
        if refundCase.deadlines.refund == .missed { tag("span", .class("reason")) { "The refund is overdue." } }
    }
}
