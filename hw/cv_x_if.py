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
    issue_valid : Out(1)
        An instruction is offered, with its registers.
    issue_ready : In(1)
        The coprocessor answers the offer at this clock edge.
    issue_req_instr : Out(32)
        The instruction.
    issue_req_mode : Out(2)
        Its privilege level.
    issue_req_hartid : Out(1)
        Its hart.
    issue_req_id : Out(4)
        Its identifier.
    issue_resp_accept : In(1)
        The coprocessor executes it.
    issue_resp_writeback : In(1)
        It writes rd.
    issue_resp_register_read : In(3)
        Registers that it reads: rs1, rs2 and the old rd, rs1 in the lowest bit.
    issue_resp_loadstore : In(1)
        It accesses memory.
    register_valid : Out(1)
        Equal to ``issue_valid``.
    register_ready : In(1)
        Equal to ``issue_ready``.
    register_hartid : Out(1)
        Equal to ``issue_req_hartid``.
    register_id : Out(4)
        Equal to ``issue_req_id``.
    register_rs : Out(96)
        Values of rs1, rs2 and the old rd, rs1 in the lowest bits.
    register_rs_valid : Out(3)
        Which of the three are there, rs1 in the lowest bit.
    commit_valid : Out(1)
        The processor commits or kills instructions.
    commit_hartid : Out(1)
        Their hart.
    commit_id : Out(4)
        Identifier of the one from which they are counted.
    commit_commit_kill : Out(1)
        1 kills it and all newer ones; 0 commits it and all older ones.
    mem_valid : In(1)
        An access to memory is asked for.
    mem_ready : Out(1)
        The request is taken, or refused, at this clock edge.
    mem_req_hartid : In(1)
        Hart of the instruction that asks.
    mem_req_id : In(4)
        Its identifier.
    mem_req_addr : In(32)
        Byte address.
    mem_req_mode : In(2)
        Privilege level of the access.
    mem_req_we : In(1)
        It is a write.
    mem_req_size : In(3)
        Logarithm to base 2 of its bytes.
    mem_req_be : In(4)
        Bytes of the word that are accessed.
    mem_req_attr : In(2)
        Attributes of the access.
    mem_req_wdata : In(32)
        What to write to them.
    mem_req_last : In(1)
        It is the last request of the instruction.
    mem_req_spec : In(1)
        It is speculative.
    mem_resp_exc : Out(1)
        The request is refused with an exception; with ``mem_ready``.
    mem_resp_exccode : Out(6)
        Cause of the exception.
    mem_resp_dbg : Out(1)
        The request is refused by a trigger of the debugger; with ``mem_ready``.
    mem_result_valid : Out(1)
        Answer to a request that was taken, in the cycle of ``mem_ready`` or later.
    mem_result_hartid : Out(1)
        Hart of the instruction that asked.
    mem_result_id : Out(4)
        Its identifier.
    mem_result_rdata : Out(32)
        The word, with ``mem_result_valid`` of a read.
    mem_result_err : Out(1)
        Bus error instead of the word.
    mem_result_dbg : Out(1)
        A trigger of the debugger instead of the word.
    result_valid : In(1)
        An instruction that was accepted and committed ends.
    result_ready : Out(1)
        The processor takes its result at this clock edge.
    result_hartid : In(1)
        Hart of the instruction.
    result_id : In(4)
        Its identifier.
    result_data : In(32)
        What to write to rd.
    result_rd : In(5)
        Number of rd.
    result_we : In(1)
        Write rd.
    result_exc : In(1)
        The memory request was refused with an exception.
    result_exccode : In(6)
        Cause of the exception.
    result_dbg : In(1)
        A trigger of the debugger matched the access.
    result_err : In(1)
        The access ended with a bus error.
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
