// L2, L3 and devices behind a cluster's bus: answers in order, each after its memory's latency.
//
// A request is granted at once while there is room for its answer. Its answer comes `latency` cycles later (1: the next
// cycle), and not before `interval` cycles have passed since the answer before it; L2 answers a beat a cycle.
module outer_memory #(
    parameter int unsigned WIDTH  // bytes of a beat
) (
    input logic clk,
    input logic rst,
    input logic [31:0] latency,  // of the request that is granted in this cycle
    input logic [31:0] interval,
    input logic req,
    output logic gnt,
    output logic rvalid,
    output logic [8*WIDTH-1:0] rdata,
    output logic err,
    input logic [8*WIDTH-1:0] found_data,  // answer to the request that is granted in this cycle
    input logic found_err
);
  localparam int unsigned Depth = 64;

  typedef struct packed {
    logic [31:0] due;
    logic err;
    logic [8*WIDTH-1:0] data;
  } answer_t;

  answer_t answers[Depth];
  logic [5:0] head, tail;
  logic [6:0] waiting;
  logic [31:0] now, last_due, earliest, due;

  assign gnt = req && waiting != 7'(Depth);
  assign rvalid = waiting != 0 && now == answers[head].due;
  assign rdata = answers[head].data;
  assign err = answers[head].err;
  assign earliest = last_due + interval;
  // Times wrap: what counts is which of two is ahead.
  assign due = $signed(earliest - (now + latency)) > 0 ? earliest : now + latency;

  always_ff @(posedge clk)
    if (rst) begin
      head <= 0;
      tail <= 0;
      waiting <= 0;
      now <= 0;
      last_due <= 0;
    end else begin
      now <= now + 1;
      waiting <= waiting + 7'(gnt) - 7'(rvalid);
      if (gnt) begin
        answers[tail] <= '{due: due, err: found_err, data: found_data};
        last_due <= due;
        tail <= tail + 1;
      end
      if (rvalid) head <= head + 1;
    end
endmodule
