// Draws every point in one or two calls: moving and zooming only change four numbers.

const kVertexShader = `
attribute vec2 place;
attribute vec4 colour;
uniform vec2 centre;
uniform vec2 scale;
uniform float size;
uniform float lit;
varying vec3 rgb;
void main() {
  rgb = colour.rgb;
  bool wanted = (colour.a > 0.5) == (lit > 0.5);
  gl_Position = wanted ? vec4((place - centre) * scale, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
  gl_PointSize = size;
}`;

const kFragmentShader = `
precision highp float;  // as in the vertex shader, which shares "size"
varying vec3 rgb;
uniform float triangle;
uniform float size;
uniform float opacity;
void main() {
  vec2 at = (gl_PointCoord - 0.5) * 2.0;
  float edge = 2.0 / size;
  float outside = triangle > 0.5
    ? max(at.y - 0.5, dot(vec2(abs(at.x), at.y), vec2(0.866, -0.5)) - 0.5)
    : length(at) - 1.0 + edge;
  float cover = clamp(0.5 - outside / edge, 0.0, 1.0) * opacity;
  gl_FragColor = vec4(rgb * cover, cover);
}`;

/** A renderer, or null where there is no WebGL, or only one that a processor imitates and `evenIfSlow` is not set. */
function makeWebglPoints(canvas, data, evenIfSlow) {
  const gl = canvas.getContext("webgl", { antialias: false, depth: false, failIfMajorPerformanceCaveat: !evenIfSlow });
  if (!gl) return null;
  const program = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, kVertexShader], [gl.FRAGMENT_SHADER, kFragmentShader]]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return null;
  gl.useProgram(program);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  const at = (name) => gl.getUniformLocation(program, name);
  const uniforms = { centre: at("centre"), scale: at("scale"), size: at("size"), lit: at("lit"), triangle: at("triangle"), opacity: at("opacity") };
  const attribute = (name, size, type, normalised) => {
    const buffer = gl.createBuffer(), place = gl.getAttribLocation(program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, size, type, normalised, 0, 0);
    return buffer;
  };
  attribute("place", 2, gl.FLOAT, false);
  gl.bufferData(gl.ARRAY_BUFFER, data.places, gl.STATIC_DRAW);
  const colours = attribute("colour", 4, gl.UNSIGNED_BYTE, true);
  let allLit = true;

  return {
    name: "webgl",
    setColours(bytes, everyPointLit) {
      gl.bindBuffer(gl.ARRAY_BUFFER, colours);
      gl.bufferData(gl.ARRAY_BUFFER, bytes, gl.DYNAMIC_DRAW);
      allLit = everyPointLit;
    },
    draw(view, sizes, ratio) {
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.uniform2f(uniforms.centre, view.x, view.y);
      gl.uniform2f(uniforms.scale, (2 * view.scale) / view.width, (2 * view.scale) / view.height);
      for (const lit of allLit ? [1] : [0, 1]) {
        gl.uniform1f(uniforms.lit, lit);
        const kind = (first, count, radius, opacity, triangle) => {
          if (count === 0) return;
          gl.uniform1f(uniforms.size, 2 * radius * ratio + 1);
          gl.uniform1f(uniforms.opacity, lit ? opacity : opacity * sizes.dimmed);
          gl.uniform1f(uniforms.triangle, triangle);
          gl.drawArrays(gl.POINTS, first, count);
        };
        kind(data.images, data.texts, sizes.text * 1.1, sizes.textOpacity, 1);
        kind(0, data.images, sizes.image, sizes.imageOpacity, 0);
      }
    },
  };
}
