/// For which invoice a proof of payment stands (contract § 3, `proof_reused`).
public struct ProofUse: Hashable, Sendable {
    /// Stands for the proof itself: equal for equal texts. That two others share one does not happen by chance, and whoever
    /// makes it happen has won a look by a person.
    public let mark: Int64
    /// `LineIdentity.invoice`
    public let invoice: String

    public init(mark: Int64, invoice: String) {
        self.mark = mark
        self.invoice = invoice
    }
}

extension Invoice {
    /// `nil` where there is no proof.
    ///
    /// - Parameter line: the request's.
    func proofUse(on line: InvoiceLine) -> ProofUse? {
        guard let proofOfPayment, !Spelling.isBlank(proofOfPayment) else { return nil }
        return ProofUse(mark: mark(of: Spelling.trimmed(proofOfPayment)), invoice: line.identity.invoice)
    }

    /// FNV-1a of 64 bits: stores keep it, so it must not change.
    private func mark(of proof: String) -> Int64 {
        withBytes(of: proof) { bytes in
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            return Int64(bitPattern: hash)
        }
    }
}
