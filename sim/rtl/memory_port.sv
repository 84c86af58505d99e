// Responses of one memory port in order, with random wait states; the tile looks up the data.
//
// grant_stall, response_stall: probability of one more wait cycle, in 256ths. With 0 a request is granted in its
// own cycle and answered in the next one, at full rate. While there is no response, rdata and err are noise.
// A request that changes before it is granted is against OBI and ends the simulation. Reset may withdraw it.
module memory_port (
    input logic clk,
    input logic rst,
    input logic [31:0] seed,  // not zero
    input logic [7:0] grant_stall,
    input logic [7:0] response_stall,
    input logic req,
    input logic [68:0] request,  // all that comes with req
    output logic gnt,
    output logic rvalid,
    output logic [31:0] rdata,
    output logic err,
    output logic [31:0] noise,
    input logic [31:0] found_data,  // answer to the request that is granted in this cycle
    input logic found_err
);
  localparam int unsigned Depth = 4;

  logic [32:0] answers[Depth];
  logic [1:0] head, tail;
  logic [2:0] waiting;
  logic [31:0] random;

  function automatic logic [31:0] xorshift(logic [31:0] value);
    value ^= value << 13;
    value ^= value >> 17;
    value ^= value << 5;
    return value;
  endfunction

  assign noise = random;
  assign gnt = req && random[7:0] >= grant_stall && waiting != 3'(Depth);
  assign rvalid = waiting != 0 && random[15:8] >= response_stall;
  assign {err, rdata} = rvalid ? answers[head] : {random[16], random};

  logic refused;
  logic [68:0] refused_request;

  always_ff @(posedge clk) begin
    refused <= req && !gnt && !rst;
    refused_request <= request;
    if (refused && !rst && !(req && request == refused_request)) $fatal(1, "%m: a request changed before its grant");
  end

  always_ff @(posedge clk)
    if (rst) begin
      head <= 0;
      tail <= 0;
      waiting <= 0;
      random <= seed;
    end else begin
      random  <= xorshift(random);
      waiting <= waiting + 3'(gnt) - 3'(rvalid);
      if (gnt) begin
        answers[tail] <= {found_err, found_data};
        tail <= tail + 1;
      end
      if (rvalid) head <= head + 1;
    end
endmodule
