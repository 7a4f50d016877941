import RefundCase
import RefundMessages
import RefundPolicy

/// A case that a batch has changed, by its line.
struct ChangedLine {
    /// Its place among the changes.
    var change: Int
    var line: InvoiceLine
    var identity: LineIdentity
}

/// What other requests about an invoice mean, those of the same batch included (contract § 3, "The line").
extension DecisionDesk {
    /// What stands around a request that is to be decided.
    func standing(of request: RefundRequest) -> InvoiceLine.Standing {
        let around = others(than: request.id, on: request.line)
        let known = loaded.lines[request.line] ?? LoadedLine()
        let isReused = request.proofUse.map { loaded.reusedProofs.contains($0) || isUsedInBatch($0) } ?? false
        return LineSurroundings(
            neighbours: around.map(\.neighbour), isCrowded: known.others.count > LoadedLine.most,
            account: loaded.accounts[request.line.identity.invoice], isProofReused: isReused
        ).standing(of: request.invoice)
    }

    /// Why a person's approval can't stand although the case's state allows it; `nil` where it can.
    func objection(to event: CaseEvent, on refundCase: RefundCase) -> DeadLetterReason? {
        guard case .reviewed(let review) = event, review.verdict == .approve, refundCase.state == .inReview else {
            return nil
        }
        let line = refundCase.request.line
        let holders = others(than: refundCase.id, on: line).filter(\.holdsLine)
        if holders.contains(where: { $0.neighbour.likeness == .sameSpelling }) { return .lineIsTaken }
        guard let left = loaded.accounts[line.identity.invoice]?.left(naming: refundCase.request.invoice.total),
            let refund = review.amount ?? refundCase.decision.calculation?.refund, refund.currency == left.currency,
            refund.minorUnits > left.minorUnits
        else { return nil }
        return .invalidAmount(
            path: "amount", problem: "must be at most \(left), which is left of the invoice's total")
    }

    /// Lets later deliveries see what one has made of a case.
    ///
    /// - Parameters:
    ///   - index: its place among the changes.
    ///   - before: `nil` for a new case.
    mutating func noteLine(ofChange index: Int, before: RefundCase?) {
        let after = decision.changes.cases[index].refundCase
        let line = after.request.line
        let identity = line.identity
        if changesOn[identity.invoice]?.contains(where: { $0.change == index }) != true {
            changesOn[identity.invoice, default: []].append(ChangedLine(change: index, line: line, identity: identity))
        }
        if before == nil, let proof = after.request.proofUse {
            invoicesByProof[proof.mark, default: []].insert(proof.invoice)
        }
        let booking = InvoiceBooking(
            of: after, isNew: before == nil, grantedBefore: before?.granted.minorUnits ?? 0,
            paidBefore: before?.paidAfterEnd.minorUnits ?? 0)
        guard let booking, before == nil || loaded.accounts[identity.invoice] != nil else { return }
        loaded.accounts[identity.invoice] = .following(loaded.accounts[identity.invoice], booking)
    }

    /// Other requests about a line's invoice: those of the store, and as this batch has left them.
    private func others(than id: RequestID, on line: InvoiceLine) -> [LoadedLine.Other] {
        let stored = loaded.lines[line]?.others ?? []
        let own = loaded.cases[id]?.id
        guard let changed = changesOn[line.identity.invoice] else {
            return own == nil ? stored : stored.filter { $0.id != own }
        }
        let ids = Set(changed.compactMap { decision.changes.cases[$0.change].id })
        let identity = line.identity
        var others = stored.filter { other in other.id.map { !ids.contains($0) && $0 != own } ?? true }
        for other in changed where decision.changes.cases[other.change].refundCase.id != id {
            let likeness = LineNeighbour.Likeness(
                isSpelledAlike: other.line == line, isSameService: other.identity.service == identity.service,
                isSameSubscription: other.identity.subscription == identity.subscription,
                isSubscriptionMissing: other.identity.subscription.isEmpty != identity.subscription.isEmpty)
            others.append(
                LoadedLine.Other(decision.changes.cases[other.change].refundCase, likeness: likeness))
        }
        return others
    }

    private func isUsedInBatch(_ proof: ProofUse) -> Bool {
        invoicesByProof[proof.mark]?.contains { $0 != proof.invoice } ?? false
    }
}
