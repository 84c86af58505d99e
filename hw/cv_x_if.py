"""The port to a coprocessor: CV-X-IF 1.0.0 (OpenHW Group), from the processor's point of view."""

from amaranth.lib import data
from amaranth.lib.wiring import In, Out, Signature

#: X_ID_WIDTH, X_HARTID_WIDTH and X_NUM_RS.
ID_WIDTH, HART_WIDTH, SOURCES = 4, 1, 3


class CoprocessorSignature(Signature):
    """The interfaces issue, register, commit, memory, memory result and result.

    Names are those of ``core_v_xif``, structures joined to their fields by underscores. The parameters are
    X_NUM_RS = 3, X_ID_WIDTH = 4, X_RFR_WIDTH = X_RFW_WIDTH = X_MEM_WIDTH = 32, X_NUM_HARTS = 1,
    X_HARTID_WIDTH = 1 and X_ISSUE_REGISTER_SPLIT = 0, without dual reads and writes.

    Members
    -------
    issue_valid, issue_ready : Out(1), In(1)
        Handshake of an offloaded instruction and of its registers.
    issue_req_instr, issue_req_mode, issue_req_hartid, issue_req_id : Out(32), Out(2), Out(1), Out(4)
        The instruction, its privilege level, hart and identifier.
    issue_resp_accept : In(1)
        The coprocessor executes it.
    issue_resp_writeback, issue_resp_register_read, issue_resp_loadstore : In(1), In(3), In(1)
        It writes rd, it reads these registers, it accesses memory.
    register_valid, register_ready : Out(1), In(1)
        Equal to ``issue_valid`` and ``issue_ready``.
    register_hartid, register_id : Out(1), Out(4)
        Equal to those of the issue.
    register_rs, register_rs_valid : Out(96), Out(3)
        rs1, rs2 and the old rd, the first in the lowest bits, and which of them are there.
    commit_valid, commit_hartid, commit_id, commit_commit_kill : Out(1), Out(1), Out(4), Out(1)
        This instruction and all older ones commit, or this one and all newer ones are killed.
    mem_valid, mem_ready : In(1), Out(1)
        Handshake of a memory request.
    mem_req_hartid, mem_req_id, mem_req_addr, mem_req_mode : In(1), In(4), In(32), In(2)
        Instruction, address and privilege level of the request.
    mem_req_we, mem_req_size, mem_req_be, mem_req_attr, mem_req_wdata : In(1), In(3), In(4), In(2), In(32)
        A write or a read, log2 of its bytes, their lanes, its attributes and the data of a write.
    mem_req_last, mem_req_spec : In(1)
        It is the last request of the instruction; it is speculative.
    mem_resp_exc, mem_resp_exccode, mem_resp_dbg : Out(1), Out(6), Out(1)
        The request is refused with an exception, or by a trigger of the debugger; with its handshake.
    mem_result_valid, mem_result_hartid, mem_result_id : Out(1), Out(1), Out(4)
        Answer to the request of an instruction, unless refused, with its handshake or later.
    mem_result_rdata, mem_result_err, mem_result_dbg : Out(32), Out(1), Out(1)
        The word, or a bus error, or a trigger of the debugger.
    result_valid, result_ready : In(1), Out(1)
        Handshake of the end of an instruction, one for each that was accepted and committed.
    result_hartid, result_id, result_data, result_rd, result_we : In(1), In(4), In(32), In(5), In(1)
        The instruction, and what to write to rd.
    result_exc, result_exccode, result_dbg, result_err : In(1), In(6), In(1), In(1)
        What memory reported.
    """

    def __init__(self) -> None:
        super().__init__(
            {
                "issue_valid": Out(1),
                "issue_ready": In(1),
                "issue_req_instr": Out(32),
                "issue_req_mode": Out(2),
                "issue_req_hartid": Out(HART_WIDTH),
                "issue_req_id": Out(ID_WIDTH),
                "issue_resp_accept": In(1),
                "issue_resp_writeback": In(1),
                "issue_resp_register_read": In(SOURCES),
                "issue_resp_loadstore": In(1),
                "register_valid": Out(1),
                "register_ready": In(1),
                "register_hartid": Out(HART_WIDTH),
                "register_id": Out(ID_WIDTH),
                "register_rs": Out(data.ArrayLayout(32, SOURCES)),
                "register_rs_valid": Out(SOURCES),
                "commit_valid": Out(1),
                "commit_hartid": Out(HART_WIDTH),
                "commit_id": Out(ID_WIDTH),
                "commit_commit_kill": Out(1),
                "mem_valid": In(1),
                "mem_ready": Out(1),
                "mem_req_hartid": In(HART_WIDTH),
                "mem_req_id": In(ID_WIDTH),
                "mem_req_addr": In(32),
                "mem_req_mode": In(2),
                "mem_req_we": In(1),
                "mem_req_size": In(3),
                "mem_req_be": In(4),
                "mem_req_attr": In(2),
                "mem_req_wdata": In(32),
                "mem_req_last": In(1),
                "mem_req_spec": In(1),
                "mem_resp_exc": Out(1),
                "mem_resp_exccode": Out(6),
                "mem_resp_dbg": Out(1),
                "mem_result_valid": Out(1),
                "mem_result_hartid": Out(HART_WIDTH),
                "mem_result_id": Out(ID_WIDTH),
                "mem_result_rdata": Out(32),
                "mem_result_err": Out(1),
                "mem_result_dbg": Out(1),
                "result_valid": In(1),
                "result_ready": Out(1),
                "result_hartid": In(HART_WIDTH),
                "result_id": In(ID_WIDTH),
                "result_data": In(32),
                "result_rd": In(5),
                "result_we": In(1),
                "result_exc": In(1),
                "result_exccode": In(6),
                "result_dbg": In(1),
                "result_err": In(1),
            }
        )
