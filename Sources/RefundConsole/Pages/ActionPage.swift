internal import RefundCase
internal import RefundMessages
internal import RefundPolicy
internal import RefundService
internal import RefundWorker

/// What a person wants to say about a case, and what would follow.
///
/// - Parameter isChecked: whether the person has filled it in; then gaps are told, and it can be sent.
func actionPage(_ preview: ActionPreview, isChecked: Bool, hasChanged: Bool, for viewer: Viewer) -> HTML {
    let id = preview.history.refundCase.id.text
    let canSend = isChecked && preview.gaps.isEmpty
    return page("\(preview.form.action.title) \(id)", in: .review, for: viewer) {
        if hasChanged {
            notice(.warning, "The case has changed since you looked") {
                tag("p") { "Nothing was sent. Look again at what would follow now." }
            }
        }
        tag("p") { preview.form.action.meaning }
        fields(preview, isChecked: isChecked, id, viewer)
        section("What would follow", id: "consequence") { consequence(preview.trial, preview.history, viewer.now) }
        section("The message", id: "message") {
            tag("p", .class("hint")) {
                "It goes to refund.people as \(preview.form.action.type.rawValue)."
            }
            messageBody(ShownBody(preview.body, isRevealed: false), "The message's bytes")
        }
        if canSend { send(preview, id, viewer) }
        tag("p") { link(Link("cases", id)) { "Back to the case, and change nothing" } }
    }
}

private func fields(_ preview: ActionPreview, isChecked: Bool, _ id: String, _ viewer: Viewer) -> HTML {
    let form = preview.form
    let gaps = isChecked ? preview.gaps : [:]
    let paid = preview.history.refundCase.request.invoice.paid
    return tag(
        "form", Attribute("method", "post"), Attribute("action", Link("cases", id, form.action.rawValue).text),
        .class("decide")
    ) {
        proof(viewer)
        hidden("action_id", form.actionID.text)
        if form.action.takesAmount { amountField(form, gaps["amount"], paid) }
        if form.action == .close {
            textField("reference", "The payment's own name", form.reference, nil, hint: nil, isOptional: true)
        }
        textField("by", "Your name", form.by, gaps["by"], hint: nil)
        if form.action == .reject {
            textField(
                "reason_text", "Text for the customer", form.reasonText, nil,
                hint: "Left empty, the customer reads only that it was refused.", isOptional: true, most: 2_000)
        }
        tag("div", .class("field wide")) {
            tag("label", Attribute("for", "note")) { form.action.needsNote ? "Note" : "Note (may be left out)" }
            if let gap = gaps["note"] { tag("p", .id("note-gap"), .class("gap")) { gap } }
            tag(
                "textarea", .id("note"), Attribute("name", "note"), Attribute("rows", "3"),
                Attribute("maxlength", "2000"),
                form.action.needsNote ? Attribute("required") : nil,
                gaps["note"] == nil ? nil : Attribute("aria-describedby", "note-gap")
            ) { HTML.filled(form.note) }
        }
        tag("div", .class("buttons")) { tag("button") { "Look at what follows" } }
    }
}

private func amountField(_ form: ActionForm, _ gap: String?, _ paid: Money) -> HTML {
    let isApproval = form.action == .approve
    return textField(
        "amount",
        isApproval
            ? "Another amount in \(paid.currency.code) (at most \(paid.decimal))"
            : "What was paid, in \(paid.currency.code)",
        form.amount, gap,
        hint: isApproval ? "Leave it empty for the computed amount." : "Leave it empty for all that is owed.",
        isNumeric: true)
}

private func textField(
    _ name: String, _ title: String, _ value: String, _ gap: String?, hint: String?, isNumeric: Bool = false,
    isOptional: Bool = false, most: Int = 200
) -> HTML {
    tag("div", .class("field")) {
        tag("label", Attribute("for", name)) { title }
        if let gap { tag("p", .id("\(name)-gap"), .class("gap")) { gap } }
        mark(
            "input", .id(name), Attribute("name", name), Attribute("value", value), Attribute("maxlength", "\(most)"),
            Attribute("autocomplete", name == "by" ? "name" : "off"),
            isNumeric ? Attribute("inputmode", "decimal") : isOptional ? nil : Attribute("required"),
            gap == nil ? nil : Attribute("aria-describedby", "\(name)-gap"))
        if let hint { tag("p", .class("hint")) { hint } }
    }
}

private func send(_ preview: ActionPreview, _ id: String, _ viewer: Viewer) -> HTML {
    let form = preview.form
    return tag(
        "form", Attribute("method", "post"), Attribute("action", Link("cases", id, form.action.rawValue, "send").text),
        .class("send")
    ) {
        proof(viewer)
        hidden("action_id", form.actionID.text)
        hidden("by", form.by)
        hidden("note", form.note)
        hidden("reason_text", form.reasonText)
        hidden("amount", form.amount)
        hidden("reference", form.reference)
        hidden("seen", "\(preview.history.refundCase.eventCount)")
        tag("button", .class("main")) { "\(form.action.title) \(id) as shown" }
        if case .changed = preview.trial {
        } else {
            tag("p", .class("hint")) { "Sent all the same, the message would come to what is told above." }
        }
    }
}

/// What a message would do, by the decision itself.
func consequence(_ trial: Trial, _ history: CaseHistory?, _ now: Instant) -> HTML {
    switch trial {
    case .unchanged:
        notice(.plain, "It would change nothing") { tag("p") { "What it says is known already." } }
    case .refused(let reason):
        notice(.bad, "It would be refused") {
            tag("p") {
                "It would become a dead letter: "
                code(reason.code)
                " \(reason.detail)"
            }
        }
    case .untimely(let reason):
        notice(.warning, "It would wait") {
            tag("p") {
                "It would be parked, and become a dead letter unless that changes: "
                code(reason.code)
                " \(reason.detail)"
            }
        }
    case .changed(let consequence): change(consequence, history, now)
    }
}

private func change(_ consequence: Trial.Consequence, _ history: CaseHistory?, _ now: Instant) -> HTML {
    let after = consequence.after
    let resent = consequence.resends.compactMap { resend in
        history?.messages.first { $0.message.key.ordinal == resend.ordinal }?.message.encoded
    }
    return tag("div", .class("consequence")) {
        tag("p", .class("change")) {
            if let before = consequence.before {
                before.state.status.pill
                tag("span", .class("arrow"), Attribute("aria-hidden", "true")) { "→" }
                tag("span", .class("unseen")) { " becomes " }
            } else {
                "A new case: "
            }
            after.state.status.pill
        }
        facts([
            ("Refund", after.shownRefund.map(money)),
            ("Refund due", after.shownRefund == nil ? nil : time(after.refundBy, from: now)),
        ])
        if consequence.before == nil, let calculation = after.decision.calculation {
            computation(calculation, after.request)
        }
        if consequence.messages.isEmpty, resent.isEmpty {
            tag("p") { "No message is sent to other systems." }
        } else {
            tag("p") { "These messages are sent:" }
            tag("ol", .class("sendings")) {
                for message in consequence.messages { tag("li") { sending(message, again: false) } }
                for message in resent { tag("li") { sending(message, again: true) } }
            }
        }
    }
}

private func sending(_ message: EncodedMessage, again: Bool) -> HTML {
    tag("details", .class("raw")) {
        tag("summary") {
            "\(message.title) "
            code(message.id)
            again ? " once more, byte for byte" : ""
        }
        messageBody(ShownBody(message.body, isRevealed: false), "The message's bytes")
    }
}
